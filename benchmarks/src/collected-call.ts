import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startCollector } from 'pino-rank-stdout/collector'
import type { CallJob, CallSample } from './call-rank.ts'
import { sendResult } from './send-result.ts'
import { nextMessage } from './start-process.ts'

const program = fileURLToPath(new URL('./call-rank.js', import.meta.url))

/** The parent of a call-rank. It collects the lines that the rank logs to pino-rank-stdout, and checks that none is missing. */
await sendResult<CallJob>(async (job): Promise<CallSample> => {
  const collector = await startCollector({ ranks: 1 })
  const rank = fork(program, [JSON.stringify(job)], {
    env: { ...process.env, ...collector.env },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(rank, 'exit')
  const sample = await nextMessage<CallSample>(rank)
  await exited
  await collector.close()
  const { lines } = collector.stats()
  if (job.logger.includes('stdout') && lines < job.calls) throw new Error(`the collector received only ${lines} lines`)
  return sample
})
