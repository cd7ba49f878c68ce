/**
 * How long a line waits for earlier lines of silent ranks without `--window`, in ms. It covers the 100 ms after which pino's own
 * destination retries a full pipe.
 */
export const defaultWindowMs = 250

/** The same for ranks that are computing. Plain pino writes nothing until their event loop turns. */
export const busyWindowMs = 2000

/** For this long after the first line, in ms, the merge also waits for ranks that have printed nothing yet. */
export const startWindowMs = 2000
