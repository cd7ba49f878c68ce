import { constants } from 'node:os'
import { beforeDeathBy } from 'pino-rank/process'

const signals = ['SIGINT', 'SIGTERM'] as const
let isCalled = false

/**
 * From now on, SIGINT and SIGTERM end this process in two steps. Its 'exit' listeners run, in which sinks write what they have buffered.
 * Then the signal ends the process, so a launcher sees how it ended. If the program has a listener for the signal, only that listener
 * runs. A signal is handled when the event loop turns.
 */
export function exitAtSignals(): void {
  if (isCalled) return
  isCalled = true
  for (const signal of signals) exitAt(signal)
}

function exitAt(signal: NodeJS.Signals): void {
  let hasOnceListener = false
  // A listener of `process.once` is removed before it runs, so only a listener that comes first can see it.
  process.prependListener(signal, () => {
    hasOnceListener = process.rawListeners(signal).some((listener) => 'listener' in listener)
  })
  beforeDeathBy(signal, () => {
    const own = 2 // the listener above, and the one of `beforeDeathBy`
    if (hasOnceListener || process.listenerCount(signal) > own) return
    process.on('exit', () => {
      process.removeAllListeners(signal)
      process.kill(process.pid, signal)
    })
    process.exit(128 + constants.signals[signal])
  })
}
