import type { WriterStats } from './writer-stats.ts'

/** The acknowledgement of a batch. */
export interface Ack {
  /** Number of its bytes that were written, up to the end of a line. */
  taken: number
  /** Why the rest was not written. Without an error, the rest is to be submitted again. */
  error?: NodeJS.ErrnoException
  /** How long the write took, in ms. Only a writer thread reports it. */
  ms?: number
}

/** Writes batches of whole lines, one at a time: at once, or later without blocking the caller. */
export interface BatchWriter {
  /** True if `submit` acknowledges the next batch itself. The batch may then be in the caller's own buffer. */
  readonly isSync: boolean
  /**
   * Writes a batch. With `sync`, it is acknowledged only when it and all batches before it are on the disk. To be called only
   * while no batch is unacknowledged. Returns the ack, or undefined if it comes later. The batch must not change until then.
   */
  submit(lines: Buffer, sync: boolean): Ack | undefined
  /**
   * Writes a line at once if possible, and returns how many of its bytes were written. To be called only if {@link isSync}. Never
   * throws.
   *
   * @param now the present, in ms
   */
  writeLine(line: string, bytes: number, now: number): number
  /** Called with each ack that comes later, unless `wait` returned it. */
  onAck: (ack: Ack) => void
  /** Blocks the calling thread until the ack comes, at most `ms`. Returns undefined if it did not come. */
  wait(ms: number): Ack | undefined
  /**
   * Takes the unacknowledged batch back from the writer thread, and returns true, if the thread has not begun to write it. Later
   * batches are then written on the calling thread. Called at the end, when there is no more time to wait.
   */
  takeBack(): boolean
  /** Reports whether an error closes the sink for good, for example EPIPE. */
  isPermanent(error: NodeJS.ErrnoException): boolean
  /** Called after each batch, with what was written so far. */
  onWrite(stats: WriterStats): void
  /**
   * Closes the file. The next batch opens it again by name, or opens another file.
   *
   * @throws {RankError} for a path that is refused
   */
  reopen(file?: string): void
  /** Rotates the file, if the sink has a rotation. */
  rotate(): void
  /** Closes the sink. A later batch opens it again. */
  close(): void
}
