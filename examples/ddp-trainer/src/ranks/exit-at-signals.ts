import { constants } from 'node:os'
import { beforeDeathBy } from 'pino-rank/process'
import type { ParentMessage } from './parent-link.ts'

export type StopSignal = 'SIGINT' | 'SIGTERM'

const signals: readonly StopSignal[] = ['SIGINT', 'SIGTERM']

/** Time that a fit has to save a checkpoint after the first signal, in ms, by default. */
export const defaultSaveTimeoutMs = 30_000

/** How often a signal came, from the system and from the parent: Ctrl-C reaches the ranks both ways. */
const counts = { system: 0, parent: 0 }
let isCalled = false
let first: { listener: (signal: StopSignal) => void; timeoutMs: number } | undefined

/**
 * From now on, SIGINT and SIGTERM end this process in two steps. Its 'exit' listeners run, in which sinks write what they have buffered.
 * Then the signal ends the process, so a launcher sees how it ended. If the program has a listener for the signal, only that listener
 * runs. A signal is handled when the event loop turns. The parent may send the signal as a message instead.
 */
export function exitAtSignals(): void {
  if (isCalled) return
  isCalled = true
  for (const signal of signals) exitAt(signal)
}

/**
 * The first signal only calls `listener`. The process ends at the second signal, or `timeoutMs` after the first one.
 * Returns the function that removes the listener.
 */
export function onFirstSignal(
  listener: (signal: StopSignal) => void,
  timeoutMs: number = defaultSaveTimeoutMs,
): () => void {
  first = { listener, timeoutMs }
  return () => {
    first = undefined
  }
}

/** Ends this process by a signal, after its 'exit' listeners. */
export function endBySignal(signal: StopSignal): never {
  process.on('exit', () => {
    process.removeAllListeners(signal)
    process.kill(process.pid, signal)
  })
  process.exit(128 + constants.signals[signal])
}

/** Handles a signal that the parent has sent as a message, unless the system has delivered it already. */
export function onParentSignal({ signal }: ParentMessage): void {
  counts.parent++
  if (counts.parent <= counts.system) return
  counts.system-- // the listeners below count it again
  if (!process.emit(signal, signal)) process.kill(process.pid, signal)
}

function exitAt(signal: StopSignal): void {
  process.on(signal, () => {}) // so that `beforeDeathBy` does not end the process
  beforeDeathBy(signal, () => {
    counts.system++
    const own = 2 // the listener above, and that of `beforeDeathBy`
    if (process.listenerCount(signal) > own) return
    const count = Math.max(counts.system, counts.parent)
    if (!first || count > 1) endBySignal(signal)
    first.listener(signal)
    setTimeout(endBySignal, first.timeoutMs, signal).unref()
  })
}
