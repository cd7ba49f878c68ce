/** Runs a collector until its parent sends a message, and then sends its statistics. */
import { type CollectorOptions, startCollector } from 'pino-rank-stdout/collector'

const options: CollectorOptions = JSON.parse(process.argv[2] as string)
const collector = await startCollector(options)
process.send?.(collector.env)
process.once('message', async () => {
  await collector.close()
  process.send?.(collector.stats())
  process.disconnect()
})
