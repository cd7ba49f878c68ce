import type { ManualClock } from '../system/manual-clock.test-kit.ts'
import type { SlowDisk } from '../system/slow-disk.test-kit.ts'
import type { Ack } from './batch-writer.ts'
import type { WriterThread } from './writer-thread.ts'

/** A writer thread for a slow disk, with a manual clock: a batch is written when its time has passed. */
export class SlowWriterThread implements WriterThread {
  isBusy = false
  onAck: (ack: Ack) => void = () => {}
  onError: (error: Error) => void = () => {}
  syncs = 0
  readonly #disk: SlowDisk
  readonly #clock: ManualClock
  #done: (() => Ack) | undefined
  #doneAt = 0
  #cancel: (() => void) | undefined

  constructor(disk: SlowDisk, clock: ManualClock) {
    this.#disk = disk
    this.#clock = clock
  }

  write(lines: Buffer, sync: boolean): void {
    this.isBusy = true
    const ms = this.#disk.msFor(lines.length)
    this.#doneAt = this.#clock.now() + ms
    this.#done = () => {
      this.#cancel?.()
      this.isBusy = false
      this.#done = undefined
      if (sync) this.syncs++
      return { taken: this.#disk.writeAtOnce(lines), ms }
    }
    if (ms < Infinity) this.#cancel = this.#clock.after(ms, () => this.#done && this.onAck(this.#done()))
  }

  wait(ms: number): Ack | undefined {
    const remainingMs = this.#doneAt - this.#clock.now()
    if (!this.#done) return undefined
    this.#clock.pause(Math.min(ms, remainingMs))
    return remainingMs <= ms ? this.#done() : undefined
  }

  /** Returns false, because every batch is begun at once. */
  takeBack(): boolean {
    return false
  }

  reopen(): void {}

  rotate(): void {}

  close(): void {}
}
