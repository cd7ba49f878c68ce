import { CollectiveTimeout } from './ring-errors.ts'
import { RingLink, type RingSockets } from './ring-link.ts'

/** Time that a rank waits for the others in {@link Ring.gather}, in ms. */
export const defaultTimeoutMs = 600_000

export interface GatherOptions {
  /** What this rank does, for the errors: 'reduces metrics at step 3'. It must be the same on all ranks. */
  what: string
  /** Time that the other ranks have. @default 10 minutes */
  timeoutMs?: number
}

/**
 * A ring of ranks: each rank sends to the next one and receives from the previous one. If a rank dies, its sockets are closed, and a
 * pending call of its neighbours rejects at once. A job with one rank has no socket. An open ring does not keep the process running.
 *
 * All ranks must make the same calls in the same order. Each call says what it does; where two ranks differ, both reject.
 */
export class Ring {
  readonly rank: number
  readonly worldSize: number
  readonly #link: RingLink | undefined
  #scratch = new Float32Array(0)

  constructor(rank: number, worldSize: number, sockets?: RingSockets) {
    this.rank = rank
    this.worldSize = worldSize
    this.#link = sockets && new RingLink({ rank, worldSize, ...sockets })
  }

  get previousRank(): number {
    return (this.rank + this.worldSize - 1) % this.worldSize
  }

  /**
   * Sums `values` over all ranks, in place. All ranks get the same bits. Each rank sends 2 (N − 1) / N of the array: a reduce-scatter
   * followed by an all-gather (Patarasuk and Yuan, 2009).
   */
  async sum(values: Float32Array, what = 'sums numbers'): Promise<void> {
    const size = this.worldSize
    const start = (chunk: number) => Math.floor((chunk * values.length) / size)
    const chunk = (index: number) => {
      const k = (index + 2 * size) % size
      return values.subarray(start(k), start(k + 1))
    }
    this.#link?.begin(what)
    if (this.#scratch.length < values.length / size) this.#scratch = new Float32Array(Math.ceil(values.length / size))
    for (let step = 0; step < size - 1; step++) {
      const mine = chunk(this.rank - step - 1)
      const theirs = this.#scratch.subarray(0, mine.length)
      await this.#link?.exchange(bytes(chunk(this.rank - step)), bytes(theirs))
      for (let i = 0; i < mine.length; i++) mine[i] = (mine[i] as number) + (theirs[i] as number)
    }
    for (let step = 0; step < size - 1; step++) {
      await this.#link?.exchange(bytes(chunk(this.rank + 1 - step)), bytes(chunk(this.rank - step)))
    }
  }

  /**
   * Returns the bytes of each rank, by rank. They may differ in length.
   *
   * @throws {CollectiveTimeout} if the bytes of a rank have not arrived after `timeoutMs`; it names the rank
   */
  async gather(mine: Uint8Array, { what, timeoutMs = defaultTimeoutMs }: GatherOptions): Promise<Uint8Array[]> {
    const byRank: Uint8Array[] = []
    byRank[this.rank] = mine
    this.#link?.begin(what)
    for (let hop = 1; hop < this.worldSize; hop++) {
      const from = (this.rank + this.worldSize - hop) % this.worldSize
      const send = byRank[(from + 1) % this.worldSize] as Uint8Array
      byRank[from] = await this.#before(timeoutMs, { from, what }, this.#link?.swap(send))
    }
    return byRank
  }

  close(): void {
    this.#link?.close()
  }

  async #before(
    timeoutMs: number,
    { from, what }: { from: number; what: string },
    received: Promise<Uint8Array> | undefined,
  ): Promise<Uint8Array> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      const text = `rank ${this.rank} ${what}, and has waited ${timeoutMs / 1000} s for rank ${from} to do the same`
      timer = setTimeout(() => reject(new CollectiveTimeout(text)), timeoutMs)
    })
    received?.catch(() => {}) // after the timeout nobody waits for it
    try {
      return await Promise.race([received as Promise<Uint8Array>, late])
    } finally {
      clearTimeout(timer)
    }
  }
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
