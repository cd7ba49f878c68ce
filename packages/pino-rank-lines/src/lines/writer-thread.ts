import type { Ack } from './batch-writer.ts'

/**
 * A thread that writes to the same sink, for a caller that must not wait for it. It takes one batch at a time. `isBusy` is true
 * while a batch is unacknowledged.
 */
export interface WriterThread {
  readonly isBusy: boolean
  /**
   * Writes a batch. With `sync`, it is acknowledged only when it and all batches before it are on the disk. To be called only
   * while not `isBusy`.
   */
  write(lines: Buffer, sync: boolean): void
  /** Blocks the calling thread until the ack comes, at most `ms`. Returns undefined if it did not come. Each ack is returned once. */
  wait(ms: number): Ack | undefined
  /** Called with each ack that `wait` did not return. */
  onAck: (ack: Ack) => void
  /** Called once if the thread cannot run, or fails. Its unacknowledged batch may have been written. */
  onError: (error: Error) => void
  /** Takes back the unacknowledged batch. False if the thread has begun to write it. */
  takeBack(): boolean
  /** Closes the file. The next batch opens it again by name. */
  reopen(): void
  /** Closes the file. The next batch opens another one: a path as in the sink's options. */
  moveTo?(file: string): void
  /** Rotates the file, if the sink has a rotation. */
  rotate(): void
  /** Ends the thread after it has written its batch. */
  close(): void
}
