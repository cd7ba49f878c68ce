const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Exit codes of a shell for a process that a signal has ended. */
const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 }

/**
 * Joins a signal with those that end a process. At the first of these the returned signal is aborted, so that a run can remove what it
 * has made. The second one ends the process at once; its `exit` handlers still run.
 */
export function abortOnSignals(outer: AbortSignal): { signal: AbortSignal; release(): void } {
  const own = new AbortController()
  const onSignal = (name: (typeof signals)[number]) => {
    if (own.signal.aborted) process.exit(exitCodes[name])
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
