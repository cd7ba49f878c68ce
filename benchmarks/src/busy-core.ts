import { fork } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'

/**
 * Starts processes that only compute, by default on all cores but one. They also end if this process is killed.
 *
 * @returns a function that ends them
 */
export async function keepCoresBusy(
  cores: number = Math.max(1, availableParallelism() - 1),
): Promise<() => Promise<void>> {
  const program = new URL('./busy-loop.js', import.meta.url)
  const children = Array.from({ length: cores }, () => fork(program, { execArgv: [], stdio: 'ignore' }))
  await Promise.all(children.map((child) => once(child, 'message')))
  return async () => {
    const exited = Promise.all(children.map((child) => once(child, 'exit')))
    for (const child of children) child.kill('SIGKILL')
    await exited
  }
}
