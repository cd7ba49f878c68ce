/**
 * What runs at the exit and at signals, and how a process ends by a signal. Other packages use it through `pino-rank/process`.
 */
import { isMainThread } from 'node:worker_threads'

type Task = () => void

type SignalTasks = Map<NodeJS.Signals, Set<Task>>

/** Shared by all copies of this module. A bundle has one in each of its files. */
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
  return addSignalTask('tasks', signal, task)
}

/**
 * Runs `task` at the signal, and ends the process by it, unless others listen to it: then the end is theirs. Where {@link onSignal} has
 * a task for the signal, e.g. to reopen a file at SIGHUP, it is no death, and `task` does not run.
 */
export function beforeDeathBy(signal: NodeJS.Signals, task: Task): () => void {
  return addSignalTask('endTasks', signal, task)
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

function addSignalTask(kind: 'tasks' | 'endTasks', signal: NodeJS.Signals, task: Task): () => void {
  shared[sharedKey] ??= { tasks: new Map(), endTasks: new Map(), listener: runSignalTasks }
  const { [kind]: tasks, listener } = shared[sharedKey]
  if (!hasSignalTask(signal)) process.on(signal, listener)
  const set = tasks.get(signal) ?? new Set()
  tasks.set(signal, set.add(task))
  return () => {
    set.delete(task)
    if (set.size === 0) tasks.delete(signal)
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
  // The listener stays where others listen, because its tasks are for the next signal, too.
  if (!used && process.listenerCount(signal) === 1) endBySignal(signal, runSignalTasks)
}
