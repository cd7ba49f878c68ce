import { countLines } from 'pino-rank-lines'
import type { Clock, Disk } from 'pino-rank-lines/system'

/** Free space below which a write may be short, in bytes. */
const lowBytes = 2 ** 24

/** How often the free space is read, in ms, and how long a disk counts as full after it cut or refused a write. */
const readEveryMs = 1000
const fullForMs = 10_000

/**
 * Finds writes that were split, so that another process's line stands between their parts. That takes a disk on which
 * room is made while it is full, so writes are checked (40 µs each) only while space is low. To know that costs one statfs(2)
 * of 2 µs a second, on local file systems only.
 */
export class SplitWrites {
  #cutLines: Buffer = Buffer.alloc(0)
  readonly #clock: Clock
  readonly #onGlued: (() => void) | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #isLowOnSpace = false
  #fullUntil = Number.NEGATIVE_INFINITY

  /** @param onGlued called when a write was split and one of its fragments cannot be found */
  constructor(clock: Clock, onGlued?: () => void) {
    this.#clock = clock
    this.#onGlued = onGlued
  }

  /** When the next write has to be checked; -Infinity: each one. */
  get nextCheckAt(): number {
    const isQuiet = this.#cutLines.length === 0 && !this.#isLowOnSpace && this.#readAt > this.#fullUntil
    return isQuiet ? this.#readAt : Number.NEGATIVE_INFINITY
  }

  /** Notes that the disk cut or refused a write. */
  noteRefusal(): void {
    this.#fullUntil = this.#clock.now() + fullForMs
  }

  /**
   * Checks the last write to the file at `path`. The fragments of a write that was split are ended, and its lines that are not
   * whole in the file are kept for {@link rewrite}. Returns where its last part begins in `written`, or 0.
   *
   * @param now the time of the clock
   */
  check(disk: Disk, fd: number, path: string, written: Buffer, now: number): number {
    const split = this.#isLow(disk, path, now) ? disk.endSplitWrite?.(fd, written) : undefined
    if (!split) return 0
    if (split.isGlued) this.#onGlued?.()
    this.#cutLines = Buffer.concat([this.#cutLines, ...split.cutLines])
    return split.lastPart
  }

  /**
   * Writes the lines that were cut.
   *
   * @param append writes lines and returns how many of their bytes are in the file. It may call {@link check}
   * @throws the system's error if there is no room; they are kept
   */
  rewrite(append: (lines: Buffer) => number): void {
    while (this.#cutLines.length > 0) {
      const whole = append(this.#cutLines)
      this.#cutLines = this.#cutLines.subarray(whole)
      if (whole === 0) throw new Error('no room to write a cut line again')
    }
  }

  /** Does the same without an error. Returns the number of lines that are still to be written. */
  tryRewrite(append: (lines: Buffer) => number): number {
    if (this.#cutLines.length === 0) return 0
    try {
      this.rewrite(append)
    } catch {
      // the next write throws the same error
    }
    return countLines(this.#cutLines)
  }

  #isLow(disk: Disk, path: string, now: number): boolean {
    if (now >= this.#readAt) {
      this.#readAt = now + readEveryMs
      this.#isLowOnSpace = (disk.freeBytes?.(path) ?? Number.POSITIVE_INFINITY) < lowBytes
    }
    return this.#isLowOnSpace || now < this.#fullUntil
  }
}
