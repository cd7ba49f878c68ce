let lastMs = Number.NaN
let text = ''

/**
 * Returns what pino's own function for the option `timestamp` returns by default. All lines of a millisecond share one string, because
 * a fast logger spends more time on formatting the number than on reading the clock.
 */
export function epochTime(): string {
  const ms = Date.now()
  if (ms !== lastMs) {
    lastMs = ms
    text = `,"time":${ms}`
  }
  return text
}
