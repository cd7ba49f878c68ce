import { type Call, type Collectives, defaultTimeoutMs } from './collectives.ts'
import { CollectiveTimeout } from './ring-errors.ts'
import { RingLink, type RingSockets } from './ring-link.ts'

/**
 * A ring of ranks: each rank sends to the next one and receives from the previous one. If a rank dies, its sockets are closed, and a
 * pending call of its neighbours rejects at once. A job with one rank has no socket. An open ring does not keep the process running.
 */
export class Ring implements Collectives {
  readonly rank: number
  readonly worldSize: number
  readonly #link: RingLink | undefined
  #scratch = new Float32Array(0)

  constructor(rank: number, worldSize: number, sockets?: RingSockets) {
    this.rank = rank
    this.worldSize = worldSize
    this.#link = sockets && new RingLink({ rank, worldSize, ...sockets })
  }

  /**
   * Sums `values` over all ranks, in place. All ranks get the same bits. Each rank sends 2 (N − 1) / N of the array: a reduce-scatter
   * followed by an all-gather (Patarasuk and Yuan, 2009).
   */
  async allReduce(values: Float32Array, { what }: Call): Promise<void> {
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
  async allGather(mine: Uint8Array, { what, timeoutMs = defaultTimeoutMs }: Call): Promise<Uint8Array[]> {
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

  async broadcast(mine: Uint8Array, call: Call): Promise<Uint8Array> {
    const byRank = await this.allGather(this.rank === 0 ? mine : new Uint8Array(), call)
    return byRank[0] as Uint8Array
  }

  async barrier(call: Call): Promise<void> {
    await this.allGather(new Uint8Array(), call)
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
