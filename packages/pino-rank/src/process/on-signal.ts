type Task = () => void

const tasks = new Map<NodeJS.Signals, Set<Task>>()
const mortal = new Map<NodeJS.Signals, Set<Task>>()

/**
 * Runs `task` at the signal, and returns the function that takes it back. All tasks of a signal share one listener.
 * Main thread only.
 */
export function onSignal(signal: NodeJS.Signals, task: Task): () => void {
  return add(tasks, signal, task)
}

/**
 * The same; afterwards the process ends by that signal, as if nobody had listened, unless somebody else does: then the end
 * is theirs.
 */
export function beforeDeathBy(signal: NodeJS.Signals, task: Task): () => void {
  return add(mortal, signal, task)
}

function add(map: typeof tasks, signal: NodeJS.Signals, task: Task): () => void {
  if (!tasks.has(signal) && !mortal.has(signal)) process.on(signal, run)
  const set = map.get(signal) ?? new Set()
  map.set(signal, set.add(task))
  return () => {
    set.delete(task)
    if (set.size === 0) map.delete(signal)
    if (!tasks.has(signal) && !mortal.has(signal)) process.off(signal, run)
  }
}

function run(signal: NodeJS.Signals): void {
  for (const task of tasks.get(signal) ?? []) task()
  const last = mortal.get(signal)
  for (const task of last ?? []) task()
  if (!last || process.listenerCount(signal) > 1) return
  process.off(signal, run)
  process.kill(process.pid, signal)
}
