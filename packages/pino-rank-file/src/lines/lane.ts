/** What came of a batch. */
export interface Answer {
  /** Bytes of it that were written, up to a line's end. */
  taken: number
  /** Why the rest was not. */
  error?: NodeJS.ErrnoException
}

/**
 * The way to an end for a thread that must not wait for it: one batch at a time, written elsewhere. While one is under
 * way `busy` is true.
 */
export interface Lane {
  readonly busy: boolean
  /** Takes a batch, and with `sync` has it and all before it on the disk before the answer. Only while not busy. */
  write(lines: Buffer, sync: boolean): void
  /** Blocks this thread for the answer, at most `ms`; undefined: none yet. Each answer is given once. */
  wait(ms: number): Answer | undefined
  /** Told each answer for which nobody waited. */
  answered: (answer: Answer) => void
  /** Leaves the file; the next batch opens its name again. */
  reopen(): void
  /** Moves the file out of the way, where the end can. */
  rotate(): void
  /** Ends the lane, with what is under way. */
  close(): void
}
