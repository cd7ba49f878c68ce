/** Sizes of buffers are multiples of this, so that one fits many batches. */
const granularityBytes = 4096

/** Lines that wait, in a buffer of the pool's. */
export interface Batch {
  lines: Buffer
  readonly store: Buffer
}

/**
 * Copies of lines that wait, in buffers that are used again. Those in use and those kept for the next have room for
 * `limit` bytes of lines together, and a little more, because a buffer that is let go of is garbage for a long time.
 */
export class BatchPool {
  readonly #limit: number
  readonly #free = new Map<number, Buffer[]>()
  #freeBytes = 0
  #usedBytes = 0

  constructor(limit: number) {
    this.#limit = limit + limit / 64 + 2 ** 18
  }

  copy(lines: Buffer): Batch {
    const size = Math.ceil(lines.length / granularityBytes) * granularityBytes
    const found = this.#free.get(size)?.pop()
    if (found) this.#freeBytes -= size
    const store = found ?? Buffer.allocUnsafeSlow(size)
    this.#usedBytes += size
    lines.copy(store)
    return { lines: store.subarray(0, lines.length), store }
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
