import type { Ack } from './batch-writer.ts'

/**
 * A thread that writes to the same sink, for a caller that must not wait for it. It takes one batch at a time. `isBusy` is true
 * while a batch is unacknowledged.
 */
export interface WriterThread {
  readonly isBusy: boolean
  /** Takes a batch, and with `sync` has it and all before it on the disk before it acknowledges. Only while not `isBusy`. */
  write(lines: Buffer, sync: boolean): void
  /** Blocks the calling thread for the ack, at most `ms`. Undefined: none yet. Each ack is given once. */
  wait(ms: number): Ack | undefined
  /** Called with each ack for which nobody waited. */
  onAck: (ack: Ack) => void
  /** Called once if the thread cannot run, or fails. Its unacknowledged batch may have been written. */
  onError: (error: Error) => void
  /** Takes back the unacknowledged batch. False if the thread has begun to write it. */
  takeBack(): boolean
  /** Leaves the file; the next batch opens its name again. */
  reopen(): void
  /** Leaves the file; the next batch opens another one: a path as in the sink's options. */
  moveTo?(file: string): void
  /** Moves the file out of the way, where the sink can. */
  rotate(): void
  /** Ends the thread once it has written what it has. */
  close(): void
}
