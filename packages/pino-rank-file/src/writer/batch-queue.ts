import type { LineEnd } from './line-end.ts'
import { countLines, type WriterStats } from './writer-stats.ts'

const newline = 10

/**
 * Batches of whole lines on their way to a {@link LineEnd}, in order. Normally one, gone at once; while the end
 * fails they wait, up to `limit` bytes, and the newest lines beyond that are dropped.
 */
export class BatchQueue {
  readonly stats: WriterStats = { lines: 0, bytes: 0, flushes: 0, drops: 0, errors: 0 }
  /** Why the last attempt failed; undefined while all is well. */
  fault: NodeJS.ErrnoException | undefined
  readonly #end: LineEnd
  readonly #limit: number
  #batches: Buffer[] = []
  #held = 0
  #gone = false

  constructor(end: LineEnd, limit: number) {
    this.#end = end
    this.#limit = limit
  }

  push(lines: Buffer): void {
    this.#batches.push(lines)
    this.#held += lines.length
    if (this.fault) this.#trim(this.#limit)
  }

  /** Writes all that waits; when the end fails, `fault` says why and the rest waits on. */
  drain(): void {
    if (this.#gone) this.discard()
    try {
      for (let first = this.#batches[0]; first; first = this.#batches[0]) this.#write(first)
      this.fault = undefined
    } catch (error) {
      this.#failed(error as NodeJS.ErrnoException)
    }
  }

  /** Gives up what waits. */
  discard(): void {
    this.#trim(0)
  }

  #write(first: Buffer): void {
    const taken = this.#end.write(first)
    this.stats.flushes++
    this.stats.bytes += taken
    this.stats.lines += countLines(first.subarray(0, taken))
    this.#held -= taken
    if (taken === first.length) this.#batches.shift()
    else this.#batches[0] = first.subarray(taken)
  }

  /** EPIPE: nobody reads and nobody will. That is no fault to report: drop quietly, count, and stop trying. */
  #failed(error: NodeJS.ErrnoException): void {
    this.stats.errors++
    this.#gone ||= error.code === 'EPIPE'
    this.fault = this.#gone ? undefined : error
    this.#trim(this.#gone ? 0 : this.#limit)
  }

  #trim(limit: number): void {
    while (this.#held > limit) {
      const last = this.#batches.pop() as Buffer
      const room = last.length - (this.#held - limit)
      const kept = room > 0 ? last.lastIndexOf(newline, room - 1) + 1 : 0
      if (kept > 0) this.#batches.push(last.subarray(0, kept))
      this.stats.drops += countLines(last.subarray(kept))
      this.#held -= last.length - kept
    }
  }
}
