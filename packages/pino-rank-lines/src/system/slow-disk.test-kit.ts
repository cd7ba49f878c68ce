import type { ManualClock } from './manual-clock.test-kit.ts'
import { ShortWriter } from './short-writer.test-kit.ts'

/** A disk that takes `bytesPerMs`, by a manual clock. With 0 it hangs. */
export class SlowDisk extends ShortWriter {
  bytesPerMs: number
  readonly #clock: ManualClock

  constructor(bytesPerMs: number, clock: ManualClock) {
    super()
    this.bytesPerMs = bytesPerMs
    this.#clock = clock
  }

  override write(fd: number, bytes: Uint8Array | string): number {
    this.#clock.pause(this.msFor(Buffer.byteLength(bytes)))
    return super.write(fd, bytes)
  }

  /** Writes without advancing the clock. */
  writeAtOnce(bytes: Uint8Array): number {
    return super.write(3, bytes)
  }

  msFor(bytes: number): number {
    return bytes / this.bytesPerMs
  }
}
