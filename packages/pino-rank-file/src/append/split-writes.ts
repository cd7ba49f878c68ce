import { countLines } from 'pino-rank-lines'
import type { Clock, Disk } from 'pino-rank-lines/system'

/** Free space below which a write may be short, in bytes. */
const lowBytes = 2 ** 24

/** How often the free space is read, in ms. */
const readEveryMs = 1000
/** How long a disk counts as full after a short or failed write, in ms. */
const fullForMs = 10_000

/**
 * Finds split writes: writes with another process's line between their parts. They happen only if space is freed on a
 * full disk during the write. So writes are checked only while space is low. The free space is read once a second, and
 * on local file systems only.
 */
export class SplitWrites {
  #tornLines: Buffer = Buffer.alloc(0)
  readonly #clock: Clock
  readonly #onUnterminated: (() => void) | undefined
  #readAt = Number.NEGATIVE_INFINITY
  #isLowOnSpace = false
  #fullUntil = Number.NEGATIVE_INFINITY

  /** @param onUnterminated called when a write was split, and one of its fragments may have no newline */
  constructor(clock: Clock, onUnterminated?: () => void) {
    this.#clock = clock
    this.#onUnterminated = onUnterminated
  }

  /** When a write has to be checked again. -Infinity: every write. */
  get nextCheckAt(): number {
    const isQuiet = this.#tornLines.length === 0 && !this.#isLowOnSpace && this.#readAt > this.#fullUntil
    return isQuiet ? this.#readAt : Number.NEGATIVE_INFINITY
  }

  /** Records that a write was short or failed. */
  noteRefusal(): void {
    this.#fullUntil = this.#clock.now() + fullForMs
  }

  /**
   * Checks the last write to the file at `path`. If it was split, its fragments get a newline, and its torn lines are
   * stored for {@link rewrite}. Returns the offset of its last part in `written`; 0 if it was not split.
   *
   * @param now the time of the clock
   */
  check(disk: Disk, fd: number, path: string, written: Buffer, now: number): number {
    const split = this.#isLow(disk, path, now) ? disk.endSplitWrite?.(fd, written) : undefined
    if (!split) return 0
    if (split.isUnterminated) this.#onUnterminated?.()
    this.#tornLines = Buffer.concat([this.#tornLines, ...split.cutLines])
    return split.lastPart
  }

  /**
   * Writes the torn lines again.
   *
   * @param append writes lines and returns how many of their bytes are in the file. It may call {@link check}
   * @throws the system's error if there is no space. The lines are then still stored
   */
  rewrite(append: (lines: Buffer) => number): void {
    while (this.#tornLines.length > 0) {
      const whole = append(this.#tornLines)
      this.#tornLines = this.#tornLines.subarray(whole)
      if (whole === 0) throw new Error('no space to write a torn line again')
    }
  }

  /** Same as {@link rewrite}, but does not throw. Returns the number of lines that are still stored. */
  tryRewrite(append: (lines: Buffer) => number): number {
    if (this.#tornLines.length === 0) return 0
    try {
      this.rewrite(append)
    } catch {
      // the next write throws the same error
    }
    return countLines(this.#tornLines)
  }

  #isLow(disk: Disk, path: string, now: number): boolean {
    if (now >= this.#readAt) {
      this.#readAt = now + readEveryMs
      this.#isLowOnSpace = (disk.freeBytes?.(path) ?? Number.POSITIVE_INFINITY) < lowBytes
    }
    return this.#isLowOnSpace || now < this.#fullUntil
  }
}
