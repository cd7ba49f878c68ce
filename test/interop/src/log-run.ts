import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { RunJob } from './programs/log-run.ts'
import { environment } from './python.ts'

const program = fileURLToPath(new URL('./programs/log-run.js', import.meta.url))

/** tap's hook for its own processes is behind the environment: `env` takes it away. */
const unhooked = { execPath: 'env', execArgv: ['-u', 'NODE_OPTIONS', process.execPath] }

/** Runs the script to its end; a run that is to be killed is killed when all is logged and flushed. */
export async function logRun(job: RunJob): Promise<void> {
  const child = fork(program, [JSON.stringify(job)], { env: environment(), ...unhooked })
  const exited = once(child, 'exit')
  if (job.exit === 'killed') {
    await once(child, 'message')
    child.kill('SIGKILL')
  }
  const [code] = await exited
  if (job.exit !== 'killed' && code !== job.exit) throw new Error(`the script exits ${code}`)
}

/** What the script logs as its loss. */
export function lossAt(step: number): number {
  return 2 * Math.exp((-step * 0.1) / 4) + 0.1 * Math.sin(step)
}
