import type { Output } from '../cli/index.ts'
import type { LogSource } from '../files/index.ts'
import { sizeOf } from '../files/index.ts'

const afterMs = 1000
const everyMs = 100
const width = 30

/** A progress bar on a terminal. It appears when the work takes longer than a second. */
export class Progress {
  readonly #total: number
  readonly #out: Output
  readonly #started = Date.now()
  #drawn = 0

  /** Returns a bar for files. The amount of work is their size. */
  static of(sources: readonly LogSource[], out: Output): Progress {
    const sizes = sources.flatMap(({ files }) => files.map(sizeOf))
    return new Progress(
      sizes.reduce((sum, size) => sum + size, 0),
      out,
    )
  }

  constructor(total: number, out: Output) {
    this.#total = total
    this.#out = out
  }

  /** Updates the bar. @param bytes the number of bytes that were written */
  at(bytes: number): void {
    const now = Date.now()
    if (!this.#out.isTTY || now - this.#started < afterMs || now - this.#drawn < everyMs) return
    this.#drawn = now
    const part = Math.min(1, this.#total === 0 ? 1 : bytes / this.#total)
    const filled = Math.round(width * part)
    const rate = bytes / 1e6 / ((now - this.#started) / 1000)
    this.#out.showBar(
      `${'━'.repeat(filled)}${'─'.repeat(width - filled)} ${Math.floor(100 * part)} %  ${Math.round(rate)} MB/s`,
    )
  }

  /** Removes the bar. */
  end(): void {
    this.#out.showBar('')
  }
}
