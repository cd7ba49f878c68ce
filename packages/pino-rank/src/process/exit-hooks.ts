/**
 * What runs at the exit and at signals, and how a process ends by a signal. Other packages use it through `pino-rank/process`.
 */
import { isMainThread } from 'node:worker_threads'

type Task = () => void

const exitTasks = new Set<Task>()
const signalTasks = new Map<NodeJS.Signals, Set<Task>>()
const endTasks = new Map<NodeJS.Signals, Set<Task>>()
let cell: SharedArrayBuffer | undefined

/**
 * Runs `task` when the process (in a worker: the thread) exits, and returns the function that removes it. All tasks share one
 * listener. A task added during the exit does not run: ask {@link isExiting} first.
 */
export function atExit(task: Task): () => void {
  if (exitTasks.size === 0) process.on('exit', runExitTasks)
  exitTasks.add(task)
  return () => {
    if (exitTasks.delete(task) && exitTasks.size === 0) process.off('exit', runExitTasks)
  }
}

/**
 * Runs `task` at the exit, before all listeners that are registered so far. pino's listener, which ends the workers, is one of
 * them. Returns the function that removes the task. Each task has a listener of its own: register few.
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

/** Returns one int32, shared by all sinks that ask how the process ends: -1, and the exit code from the exit on. */
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
  return addSignalTask(signalTasks, signal, task)
}

/** Like {@link onSignal}. Afterwards the process ends by that signal, unless others listen to it: then the end is theirs. */
export function beforeDeathBy(signal: NodeJS.Signals, task: Task): () => void {
  return addSignalTask(endTasks, signal, task)
}

/**
 * Removes `listener` and ends the process by `signal`, as if nobody had listened. If others listen to the signal, it only
 * removes the listener.
 */
export function endBySignal(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): void {
  process.off(signal, listener)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

function runExitTasks(): void {
  for (const task of exitTasks) task()
}

function addSignalTask(tasks: typeof signalTasks, signal: NodeJS.Signals, task: Task): () => void {
  if (!hasSignalTask(signal)) process.on(signal, runSignalTasks)
  const set = tasks.get(signal) ?? new Set()
  tasks.set(signal, set.add(task))
  return () => {
    set.delete(task)
    if (set.size === 0) tasks.delete(signal)
    if (!hasSignalTask(signal)) process.off(signal, runSignalTasks)
  }
}

function hasSignalTask(signal: NodeJS.Signals): boolean {
  return signalTasks.has(signal) || endTasks.has(signal)
}

function runSignalTasks(signal: NodeJS.Signals): void {
  for (const task of signalTasks.get(signal) ?? []) task()
  const last = endTasks.get(signal)
  for (const task of last ?? []) task()
  // The listener stays where others listen, because its tasks are for the next signal, too.
  if (last && process.listenerCount(signal) === 1) endBySignal(signal, runSignalTasks)
}
