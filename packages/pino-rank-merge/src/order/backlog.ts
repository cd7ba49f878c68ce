import { blockBytes, type LiveMemory } from './live-memory.ts'

/** Bytes with their arrival time, in ms since 1970. */
export interface Arrived {
  bytes: Buffer
  at: number
}

/**
 * A queue of bytes of a live source that the planner has no room for yet. They are stored in blocks of a {@link
 * LiveMemory}.
 */
export class Backlog {
  length = 0
  readonly #memory: LiveMemory
  readonly #owner: string
  readonly #blocks: Buffer[] = []
  /** Number of bytes taken from the first block. `#end` is the number filled in the last block. */
  #start = 0
  #end = blockBytes
  /** Arrival times and lengths, oldest first. */
  readonly #arrivals: { at: number; length: number }[] = []

  constructor(memory: LiveMemory, owner: string) {
    this.#memory = memory
    this.#owner = owner
  }

  /** Copies as many of the bytes as there is memory for. @returns the number of bytes copied */
  push(bytes: Uint8Array, at: number): number {
    let count = 0
    while (count < bytes.length) {
      if (this.#end === blockBytes) {
        const block = this.#memory.take(this.#owner)
        if (!block) break
        this.#blocks.push(block)
        this.#end = 0
      }
      const part = bytes.subarray(count, count + blockBytes - this.#end)
      ;(this.#blocks.at(-1) as Buffer).set(part, this.#end)
      this.#end += part.length
      count += part.length
    }
    this.length += count
    const last = this.#arrivals.at(-1)
    if (last?.at === at) last.length += count
    else if (count > 0) this.#arrivals.push({ at, length: count })
    return count
  }

  /**
   * Returns the oldest bytes that arrived together, at most `maxBytes`. They stay in the backlog until {@link shift}.
   * The backlog must not be empty.
   */
  first(maxBytes: number): Arrived {
    const [block, arrival] = [this.#blocks[0] as Buffer, this.#arrivals[0] as { at: number; length: number }]
    const end = Math.min(
      this.#start + maxBytes,
      this.#start + arrival.length,
      this.#blocks.length > 1 ? blockBytes : this.#end,
    )
    return { bytes: block.subarray(this.#start, end), at: arrival.at }
  }

  /** Removes `count` of the oldest bytes. */
  shift(count: number): void {
    const arrival = this.#arrivals[0] as { at: number; length: number }
    arrival.length -= count
    if (arrival.length === 0) this.#arrivals.shift()
    this.#start += count
    this.length -= count
    if (this.length > 0 && this.#start < blockBytes) return
    this.#memory.release(this.#owner, this.#blocks.shift() as Buffer)
    this.#start = 0
    if (this.length === 0) this.#end = blockBytes
  }
}
