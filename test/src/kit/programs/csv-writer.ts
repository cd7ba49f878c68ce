/** Writes metrics whose names begin with `name` to a CSV file. Messages are its commands. Usage: `path name options`. */
import { once } from 'node:events'
import { csvStream } from 'pino-csv-metrics'

const [path = '', name = '', options = '{}'] = process.argv.slice(2)
const stream = csvStream({ path, ...JSON.parse(options) })
let step = 0
const commands: Record<string, () => void> = {
  hparams: () => stream.write(`${JSON.stringify({ hparams: { writer: name } })}\n`),
  row: () => stream.write(`${JSON.stringify({ metrics: { [`${name}/${step % 3}`]: step }, step: step++ })}\n`),
  end: () => stream.end(),
}
process.on('message', async (command: string) => {
  const closed = command === 'end' ? once(stream, 'close') : undefined
  commands[command]?.()
  if (closed) await closed
  else stream.flushSync()
  process.send?.(command, () => command === 'end' && process.disconnect())
})
process.send?.('ready')
