import { isMainThread } from 'node:worker_threads'

const tasks = new Set<() => void>()

/**
 * Runs `task` when the process (in a worker: the thread) exits, and returns the function that takes it back. All tasks
 * share one listener. While the exit is under way nothing new is run: ask {@link exiting} first.
 */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) process.on('exit', runTasks)
  tasks.add(task)
  return () => {
    if (tasks.delete(task) && tasks.size === 0) process.off('exit', runTasks)
  }
}

/** Are the 'exit' listeners running? `_exiting` is Node's own flag, unchanged since 0.9. */
export function exiting(): boolean {
  return (process as { _exiting?: boolean })._exiting === true
}

/** The process's exit code once it is known: on the main thread, while it exits. */
export function exitCode(): number | 'unknown' {
  return isMainThread && exiting() ? Number(process.exitCode ?? 0) : 'unknown'
}

function runTasks(): void {
  for (const task of tasks) task()
}
