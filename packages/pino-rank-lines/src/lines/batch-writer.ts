import type { WriterStats } from './writer-stats.ts'

/** The acknowledgement of a batch. */
export interface Ack {
  /** Bytes of it that were written, up to a line's end. */
  taken: number
  /** Why the rest was not. Without an error, the rest is to be submitted again. */
  error?: NodeJS.ErrnoException
  /** How long the write took, in ms. A thread reports it. */
  ms?: number
}

/** Writes batches of whole lines, one at a time: at once, or later and without making the caller wait. */
export interface BatchWriter {
  /** True if the next batch is acknowledged by `submit` itself, so that the caller's own buffer is enough. */
  readonly isSync: boolean
  /**
   * Writes a batch, and with `sync` has it and all before it on the disk before it acknowledges. Only while no batch is
   * unacknowledged. Returns the ack, or undefined if it comes later; the batch must stay as it is until then.
   */
  submit(lines: Buffer, sync: boolean): Ack | undefined
  /** Writes a line at once where that is possible, and returns how many of its bytes it took. Only if {@link isSync}. Never throws. @param now the present, in ms */
  writeLine(line: string, bytes: number, now: number): number
  /** Called with each ack that came later and that nobody waited for. */
  onAck: (ack: Ack) => void
  /** Blocks the calling thread for the ack, at most `ms`. Undefined: none yet. */
  wait(ms: number): Ack | undefined
  /**
   * Takes back the unacknowledged batch, if nothing of it was written and nothing will be. From then on it writes on the calling
   * thread. Called at the end, when nobody can wait any longer.
   */
  takeBack(): boolean
  /** Reports whether an error closes the sink for good, for example EPIPE. */
  isPermanent(error: NodeJS.ErrnoException): boolean
  /** Called after each batch, with what was written so far. */
  onWrite(stats: WriterStats): void
  /** Leaves the file; the next batch opens its name again, or another file. @throws {RankError} for a path that is refused */
  reopen(file?: string): void
  /** Moves the file out of the way, if the sink has one. */
  rotate(): void
  /** Gives the sink back; a later batch opens it again. */
  close(): void
}
