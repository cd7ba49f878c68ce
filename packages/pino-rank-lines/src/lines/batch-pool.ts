/** The sizes of buffers are multiples of this, so that a buffer fits many batches. */
const granularityBytes = 4096

/** Buffered lines, and the buffer of the pool that holds them. */
export interface Batch {
  lines: Buffer
  readonly store: Buffer
}

/**
 * Buffers that are reused for batches of lines, because the garbage collector frees a buffer only much later. The buffers in use
 * and the free ones together have room for `limit` bytes of lines, and a little more.
 */
export class BatchPool {
  readonly #limit: number
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  #usedBytes = 0

  constructor(limit: number) {
    this.#limit = limit + limit / 64 + 2 ** 18
  }

  /** Returns an empty batch with room for this number of bytes, or a little more. */
  take(bytes: number): Batch {
    const size = Math.ceil(bytes / granularityBytes) * granularityBytes
    const found = this.#free.get(size)?.pop()
    if (found) this.#freeBytes -= size
    const store = found ?? Buffer.allocUnsafeSlow(size)
    this.#usedBytes += size
    return { lines: store.subarray(0, 0), store }
  }

  release({ store }: Batch): void {
    this.#usedBytes -= store.length
    if (this.#usedBytes + this.#freeBytes + store.length > this.#limit) return
    this.#freeBytes += store.length
    const same = this.#free.get(store.length)
    if (same) same.push(store)
    else this.#free.set(store.length, [store])
  }
}
