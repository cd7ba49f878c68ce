/**
 * Default of `--window`: how long a line waits for earlier lines of silent ranks, in ms. It is longer than the 100 ms after
 * which pino's destination retries a write to a full pipe.
 */
export const defaultWindowMs = 250

/** The same for ranks that are computing, in ms. Plain pino writes nothing until their event loop turns. */
export const busyWindowMs = 2000

/** How long after the first line the merge also waits for ranks that have not printed anything yet, in ms. */
export const startWindowMs = 2000
