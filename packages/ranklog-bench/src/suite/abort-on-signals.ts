import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Returns an abort signal that is aborted when `outer` is, or when the process receives a signal that would end it. The run
 * can then remove its files. A second such signal ends the process at once; its `exit` handlers still run.
 */
export function abortOnSignals(outer: AbortSignal): { signal: AbortSignal; release(): void } {
  const own = new AbortController()
  const onSignal = (name: (typeof signals)[number]) => {
    if (own.signal.aborted) process.exit(128 + constants.signals[name]) // as a shell reports it
    own.abort(new Error(`ranklog-bench: ended by ${name}`))
  }
  for (const name of signals) process.on(name, onSignal)
  return {
    signal: AbortSignal.any([outer, own.signal]),
    release() {
      for (const name of signals) process.off(name, onSignal)
    },
  }
}
