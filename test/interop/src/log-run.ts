import t from 'tap'
import { startProgram } from '../../dist/kit/start-process.js'
import type { RunJob } from './programs/log-run.ts'

const program = new URL('./programs/log-run.js', import.meta.url)

/** Runs the script to its end. With `exit: 'killed'` it is killed after everything is logged and flushed. */
export async function logRun(job: RunJob): Promise<void> {
  const run = startProgram(t, program, [JSON.stringify(job)])
  if (job.exit === 'killed') {
    await run.nextMessage()
    run.kill()
  }
  const { code, stderr } = await run.exit
  if (job.exit !== 'killed' && code !== job.exit) throw new Error(`the script exits ${code}: ${stderr}`)
}

/** Returns the loss that the script logs at a step. */
export function lossAt(step: number): number {
  return 2 * Math.exp((-step * 0.1) / 4) + 0.1 * Math.sin(step)
}
