/** Counts of a writer since it was created. */
export interface WriterStats {
  /** Lines written. */
  lines: number
  /** Bytes of those lines. */
  bytes: number
  /** Batches written. */
  flushes: number
  /** Lines that were dropped. */
  drops: number
  /** Failed attempts to write a batch. */
  errors: number
}

const newline = 10

/** Returns the number of `\n` in `bytes`. */
export function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) lines++
  return lines
}
