/**
 * The tasks of this process at exit and at signals, and how it ends by a signal. Other packages use them through
 * `pino-rank/process`.
 */
import { isMainThread } from 'node:worker_threads'

type Task = () => void

type SignalTasks = Map<NodeJS.Signals, Set<Task>>

/** Shared by all copies of this module. A bundle may have a copy in each of its files. */
interface SharedSignals {
  tasks: SignalTasks
  endTasks: SignalTasks
  listener: (signal: NodeJS.Signals) => void
}

const sharedKey = Symbol.for('pino-rank.signals')
const shared = globalThis as { [sharedKey]?: SharedSignals }
const exitTasks = new Set<Task>()
let cell: SharedArrayBuffer | undefined

/**
 * Runs `task` when the process exits (in a worker: the thread), and returns the function that removes it. All tasks share one
 * listener. A task that is added during the exit does not run: check {@link isExiting} first.
 */
export function atExit(task: Task): () => void {
  if (exitTasks.size === 0) process.on('exit', runExitTasks)
  exitTasks.add(task)
  return () => {
    if (exitTasks.delete(task) && exitTasks.size === 0) process.off('exit', runExitTasks)
  }
}

/**
 * Runs `task` at exit, before all listeners that were added so far. One of them is pino's, which ends the workers. Returns the
 * function that removes the task. Each task has a listener of its own, so add few.
 */
export function atExitFirst(task: (exitCode: number) => void): () => void {
  process.prependListener('exit', task)
  return () => void process.off('exit', task)
}

/** Reports whether the 'exit' listeners are running. `_exiting` is Node's own flag, unchanged since 0.9. */
export function isExiting(): boolean {
  return (process as { _exiting?: boolean })._exiting === true
}

/** Returns the process's exit code once it is known: on the main thread, while the process exits. */
export function exitCode(): number | 'unknown' {
  return isMainThread && isExiting() ? Number(process.exitCode ?? 0) : 'unknown'
}

/** Returns one int32 for all sinks that need to know how the process ends: -1 until the exit, then the exit code. */
export function exitCodeCell(): SharedArrayBuffer {
  if (cell) return cell
  cell = new SharedArrayBuffer(4)
  const code = new Int32Array(cell).fill(-1)
  atExitFirst((exitCode) => Atomics.store(code, 0, exitCode))
  return cell
}

/**
 * Runs `task` at the signal, and returns the function that removes it. All tasks of a signal share one listener. Main thread
 * only.
 */
export function onSignal(signal: NodeJS.Signals, task: Task): () => void {
  return addSignalTask('tasks', signal, task)
}

/**
 * Runs `task` at the signal, and then ends the process by that signal, unless the program has a listener for it.
 * If {@link onSignal} has a task for the signal, e.g. to reopen a file at SIGHUP, the process does not end, and `task` does not run.
 *
 * @param isFirst true runs it before the tasks so far
 */
export function beforeDeathBy(signal: NodeJS.Signals, task: Task, isFirst = false): () => void {
  return addSignalTask('endTasks', signal, task, isFirst)
}

function runExitTasks(): void {
  for (const task of exitTasks) task()
}

function addSignalTask(kind: 'tasks' | 'endTasks', signal: NodeJS.Signals, task: Task, isFirst = false): () => void {
  shared[sharedKey] ??= { tasks: new Map(), endTasks: new Map(), listener: runSignalTasks }
  const { [kind]: tasks, listener } = shared[sharedKey]
  // before the listeners so far, because one of `process.once` is removed before it runs, and would not be counted
  if (!hasSignalTask(signal)) process.prependListener(signal, listener)
  const before = tasks.get(signal) ?? new Set()
  tasks.set(signal, isFirst ? new Set([task, ...before]) : before.add(task))
  return () => {
    const set = tasks.get(signal)
    set?.delete(task)
    if (set?.size === 0) tasks.delete(signal)
    if (!hasSignalTask(signal)) process.off(signal, listener)
  }
}

function hasSignalTask(signal: NodeJS.Signals): boolean {
  const { tasks, endTasks } = shared[sharedKey] as SharedSignals
  return tasks.has(signal) || endTasks.has(signal)
}

function runSignalTasks(signal: NodeJS.Signals): void {
  const { tasks, endTasks } = shared[sharedKey] as SharedSignals
  const used = tasks.get(signal)
  for (const task of used ?? endTasks.get(signal) ?? []) task()
  // If there are other listeners, this one stays, because the next signal runs its tasks again.
  if (used || process.listenerCount(signal) !== 1) return
  process.off(signal, runSignalTasks)
  process.kill(process.pid, signal)
}
