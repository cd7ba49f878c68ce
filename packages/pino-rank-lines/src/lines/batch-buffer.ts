import { type Batch, BatchPool } from './batch-pool.ts'
import { countLines } from './writer-stats.ts'

const newline = 10

/** Batches of whole lines, copied, the oldest first, up to a limit of bytes. Each method returns how many lines it dropped. */
export class BatchBuffer {
  readonly #limit: number
  readonly #pool: BatchPool
  readonly #batches: Batch[] = []
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#pool = new BatchPool(limit)
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** True if there is more than the limit. */
  get isFull(): boolean {
    return this.#bytes > this.#limit
  }

  /** The number of batches. */
  get batches(): number {
    return this.#batches.length
  }

  get first(): Batch | undefined {
    return this.#batches[0]
  }

  /** Copies the lines. With `isDropping`, those for which there is no room are dropped, but not where nothing is buffered. */
  add(lines: Buffer, isDropping: boolean): number {
    const kept = isDropping ? this.#fittingBytes(lines) : lines.length
    if (kept > 0) this.#batches.push(this.#pool.copy(lines.subarray(0, kept)))
    this.#bytes += kept
    return kept < lines.length ? countLines(lines.subarray(kept)) : 0
  }

  /** Removes the first `bytes` bytes of the first batch. */
  remove(bytes: number): void {
    const first = this.#batches[0] as Batch
    this.#bytes -= bytes
    first.lines = first.lines.subarray(bytes)
    if (first.lines.length > 0) return
    this.#batches.shift()
    this.#pool.release(first)
  }

  /** Drops the newest lines beyond the limit, but leaves the first `minBatches`. */
  trim(minBatches = 0): number {
    return this.#trimTo(this.#limit, minBatches)
  }

  clear(): number {
    return this.#trimTo(0, 0)
  }

  #fittingBytes(lines: Buffer): number {
    const room = this.#limit - this.#bytes
    if (room >= lines.length || this.#bytes === 0) return lines.length
    return room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
  }

  #trimTo(limit: number, minBatches: number): number {
    let drops = 0
    while (this.#bytes > limit && this.#batches.length > minBatches) {
      const last = this.#batches.pop() as Batch
      const { lines } = last
      const room = lines.length - (this.#bytes - limit)
      const kept = room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
      drops += countLines(lines.subarray(kept))
      this.#bytes -= lines.length - kept
      // in a buffer of its size: the bound is on what the process holds
      if (kept > 0) this.#batches.push(this.#pool.copy(lines.subarray(0, kept)))
      this.#pool.release(last)
    }
    return drops
  }
}
