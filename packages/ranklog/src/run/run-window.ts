/**
 * How long a line waits for earlier ones of ranks that are silent, in ms, where `--window` says nothing. pino's own destination writes
 * again 100 ms after it found its pipe full.
 */
export const defaultWindowMs = 250

/** The same for ranks that compute: plain pino writes nothing before their event loop turns. */
export const busyWindowMs = 2000

/** For so long after the first line a rank that has printed nothing yet is waited for, too, in ms. */
export const startWindowMs = 2000
