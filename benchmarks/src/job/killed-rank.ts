import { setImmediate as turn } from 'node:timers/promises'
import { openWriter } from '../writers.ts'

/** The job of a rank that logs, computes and is killed. */
export interface KilledJob {
  /** A name of `writers.ts`. */
  writer: string
  path: string
  lines: number
  /** True if the event loop turns once between the lines and the computation. */
  turn: boolean
  /** Duration of the computation, in ms. */
  computes: number
}

const job: KilledJob = JSON.parse(process.argv[2] as string)
const write = await openWriter(job.writer, job.path, 0)
for (let line = 0; line < job.lines; line++) write(0, line)
if (job.turn) await turn()
for (const start = performance.now(); performance.now() - start < job.computes; );
process.kill(process.pid, 'SIGKILL')
