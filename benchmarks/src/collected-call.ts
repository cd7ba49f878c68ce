import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startCollector } from 'pino-rank-stdout/collector'
import { answer } from './answer.ts'
import type { CallJob, CallSample } from './call-rank.ts'
import { nextMessage } from './start-process.ts'

const program = fileURLToPath(new URL('./call-rank.js', import.meta.url))

/** The parent of a call-rank, which collects what that one logs to pino-rank-stdout; where it does, it must have had all. */
await answer<CallJob>(async (job): Promise<CallSample> => {
  const collector = await startCollector({ ranks: 1 })
  const rank = fork(program, [JSON.stringify(job)], {
    env: { ...process.env, ...collector.env },
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const gone = once(rank, 'exit')
  const sample = await nextMessage<CallSample>(rank)
  await gone
  await collector.close()
  const { lines } = collector.stats()
  if (job.logger.includes('stdout') && lines < job.calls) throw new Error(`${lines} lines were collected`)
  return sample
})
