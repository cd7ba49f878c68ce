import { countLines } from 'pino-rank-lines'
import type { Clock, Disk } from 'pino-rank-lines/system'

/** Free space below which a write may be short, in bytes. */
const lowBytes = 2 ** 24

/** How often the free space is read, in ms, and how long a disk counts as full after it cut or refused a write. */
const readEveryMs = 1000
const fullForMs = 10_000

const newline = 10

/**
 * Finds writes that were split, so that another process's line stands between their two parts. That takes a disk on which
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

  /** @param onGlued called when a write was split and its first part cannot be found */
  constructor(clock: Clock, onGlued?: () => void) {
    this.#clock = clock
    this.#onGlued = onGlued
  }

  /** Notes that the disk cut or refused a write. */
  noteRefusal(): void {
    this.#fullUntil = this.#clock.now() + fullForMs
  }

  /**
   * Checks the last write to the file at `path`. If it was split within a line, its first part is ended, and the line is kept
   * for {@link rewrite}, unless its end was not written either. Returns where the second part begins in `written`, or 0.
   */
  check(disk: Disk, fd: number, path: string, written: Buffer): number {
    if (!this.#isLow(disk, path)) return 0
    const second = disk.endSplitWrite?.(fd, written) ?? 0
    if (second === -1) this.#onGlued?.()
    if (second <= 0) return 0
    const end = written.indexOf(newline, second) + 1
    const start = written.lastIndexOf(newline, second - 1) + 1
    if (end > 0) this.#cutLines = Buffer.concat([this.#cutLines, written.subarray(start, end)])
    return second
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
    try {
      this.rewrite(append)
    } catch {
      // the next write throws the same error
    }
    return countLines(this.#cutLines)
  }

  #isLow(disk: Disk, path: string): boolean {
    const now = this.#clock.now()
    if (now >= this.#readAt) {
      this.#readAt = now + readEveryMs
      this.#isLowOnSpace = (disk.freeBytes?.(path) ?? Number.POSITIVE_INFINITY) < lowBytes
    }
    return this.#isLowOnSpace || now < this.#fullUntil
  }
}
