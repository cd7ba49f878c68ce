/** The acknowledgement of a batch. */
export interface Ack {
  /** Bytes of it that were written, up to a line's end. */
  taken: number
  /** Why the rest was not. */
  error?: NodeJS.ErrnoException
}

/**
 * A thread that writes to an end, for a caller that must not wait for it. It takes one batch at a time. `isBusy` is true while a
 * batch is unacknowledged.
 */
export interface WriterThread {
  readonly isBusy: boolean
  /** Takes a batch, and with `sync` has it and all before it on the disk before it acknowledges. Only while not `isBusy`. */
  write(lines: Buffer, sync: boolean): void
  /** Blocks the calling thread for the ack, at most `ms`. Undefined: none yet. Each ack is given once. */
  wait(ms: number): Ack | undefined
  /** Called with each ack for which nobody waited. */
  onAck: (ack: Ack) => void
  /** Leaves the file; the next batch opens its name again. */
  reopen(): void
  /** Moves the file out of the way, where the end can. */
  rotate(): void
  /** Ends the thread once it has written what is under way. */
  close(): void
}
