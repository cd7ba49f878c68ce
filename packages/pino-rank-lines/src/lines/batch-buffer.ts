import { type Batch, BatchPool } from './batch-pool.ts'
import { countLines } from './writer-stats.ts'

const newline = 10

/**
 * Maximum size of a batch, in bytes and as a fraction of the limit; the smaller one counts. Large batches need fewer writes. With
 * small batches, a caller that waits for room waits for a shorter write. A longer line is a batch of its own.
 */
const maxBatchBytes = 2 ** 18
const maxBatchFraction = 1 / 16

/**
 * A queue of whole lines in batches, with a limit in bytes. Lines are copied to the last batch while it has room. `inUse` is the
 * batch that is being written, if there is one; it is not changed.
 */
export class BatchBuffer {
  readonly #limit: number
  readonly #pool: BatchPool
  readonly #batches: Batch[] = []
  readonly #batchBytes: number
  #bytes = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#batchBytes = Math.min(maxBatchBytes, limit * maxBatchFraction)
    this.#pool = new BatchPool(limit)
  }

  get isEmpty(): boolean {
    return this.#batches.length === 0
  }

  /** True if more than the limit is buffered. */
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

  /**
   * Copies lines into the queue. With `isDropping`, drops the lines for which there is no room. An empty queue takes any lines.
   *
   * @param lines whole lines; the beginning of the first one may already be written
   * @returns how many lines were dropped
   */
  add(lines: Buffer, isDropping: boolean, inUse: Batch | undefined): number {
    const end = isDropping ? this.#fittingBytes(lines) : lines.length
    if (end > 0) this.#append(lines.subarray(0, end), inUse)
    return end < lines.length ? countLines(lines.subarray(end)) : 0
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

  /** Drops the newest lines beyond the limit. @returns how many */
  dropExcess(inUse: Batch | undefined): number {
    return this.#dropBeyond(this.#limit, inUse)
  }

  /** Drops all lines. @returns how many */
  clear(): number {
    return this.#dropBeyond(0, undefined)
  }

  #append(lines: Buffer, inUse: Batch | undefined): void {
    let last = this.#batches.at(-1)
    if (!last || last === inUse || last.lines.length + lines.length > this.#batchBytes || roomIn(last) < lines.length) {
      last = this.#pool.take(Math.max(lines.length, this.#batchBytes))
      this.#batches.push(last)
    }
    const { store } = last
    const end = store.length - roomIn(last)
    lines.copy(store, end)
    last.lines = store.subarray(last.lines.byteOffset - store.byteOffset, end + lines.length)
    this.#bytes += lines.length
  }

  #fittingBytes(lines: Buffer): number {
    const room = this.#limit - this.#bytes
    if (room >= lines.length || this.#bytes === 0) return lines.length
    return room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
  }

  #dropBeyond(limit: number, inUse: Batch | undefined): number {
    let drops = 0
    for (let last = this.#batches.at(-1); last && last !== inUse && this.#bytes > limit; last = this.#batches.at(-1)) {
      const { lines } = last
      const room = lines.length - (this.#bytes - limit)
      const end = room > 0 ? lines.lastIndexOf(newline, room - 1) + 1 : 0
      drops += countLines(lines.subarray(end))
      this.#bytes -= lines.length - end
      last.lines = lines.subarray(0, end)
      if (end > 0) break
      this.#batches.pop()
      this.#pool.release(last)
    }
    return drops
  }
}

/** Returns how many bytes a batch has room for after its lines. */
function roomIn({ lines, store }: Batch): number {
  return store.byteOffset + store.length - (lines.byteOffset + lines.length)
}
