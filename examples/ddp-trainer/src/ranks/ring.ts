import { type Call, type Collectives, type CollectivesLimits, defaultLimits } from './collectives.ts'
import { pieceBytes, type RingChannel } from './ring-channel.ts'
import { RingLink } from './ring-link.ts'

/**
 * A ring of ranks: each rank sends to the next one and receives from the previous one. If a rank dies, a pending call of its neighbours
 * rejects at once. A job with one rank has no channel.
 */
export class Ring implements Collectives {
  readonly rank: number
  readonly worldSize: number
  readonly #link: RingLink | undefined
  /** What the previous rank sends to be added. */
  #piece = new Float32Array(0)

  constructor(rank: number, worldSize: number, channel?: RingChannel, limits: CollectivesLimits = {}) {
    this.rank = rank
    this.worldSize = worldSize
    if (channel) this.#link = new RingLink({ rank, worldSize, channel, ...defaultLimits, ...limits })
  }

  /**
   * Each rank sends 2 (N − 1) / N of the array: a reduce-scatter followed by an all-gather (Patarasuk and Yuan, 2009). The order in
   * which the ranks are added depends only on their number and on the length of the array.
   */
  async allReduce(values: Float32Array, { what }: Call): Promise<void> {
    const size = this.worldSize
    const start = (chunk: number) => Math.floor((chunk * values.length) / size)
    const chunk = (index: number) => {
      const k = (index + 2 * size) % size
      return values.subarray(start(k), start(k + 1))
    }
    await this.#link?.call(what, async () => {
      for (let step = 0; step < size - 1; step++) {
        // The message of step n is a sum of n + 1 ranks, so it arrives only if all of these have made the call.
        await this.#add(chunk(this.rank - step), chunk(this.rank - step - 1), this.#before(step + 1))
      }
      for (let step = 0; step < size - 1; step++) {
        await this.#copy(chunk(this.rank + 1 - step), chunk(this.rank - step), this.#before(1))
      }
    })
  }

  async allGather(mine: Uint8Array, { what }: Call): Promise<Uint8Array[]> {
    const byRank: Uint8Array[] = []
    byRank[this.rank] = mine
    await this.#link?.call(what, async () => {
      for (let hop = 1; hop < this.worldSize; hop++) {
        const from = this.#before(hop)
        byRank[from] = await this.#swap(byRank[(from + 1) % this.worldSize] as Uint8Array, from)
      }
    })
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

  /** Returns the rank that is this many places before this one in the ring. */
  #before(hops: number): number {
    return (this.rank + this.worldSize - hops) % this.worldSize
  }

  /** Sends `send`, and adds what the previous rank sends to `sum`. Adding overlaps with the arrival of the rest. */
  async #add(send: Float32Array, sum: Float32Array, from: number): Promise<void> {
    if (this.#piece.length === 0) this.#piece = new Float32Array(pieceBytes / 4)
    await this.#link?.exchange(bytes(send), from, async (length) => {
      this.#checkLength(length, sum)
      for (let start = 0; start < sum.length; start += this.#piece.length) {
        const part = sum.subarray(start, start + this.#piece.length)
        const piece = this.#piece.subarray(0, part.length)
        await this.#link?.receive(bytes(piece))
        for (let i = 0; i < part.length; i++) part[i] = (part[i] as number) + (piece[i] as number)
      }
    })
  }

  /** Sends `send`, and fills `into` from the previous rank. */
  async #copy(send: Float32Array, into: Float32Array, from: number): Promise<void> {
    await this.#link?.exchange(bytes(send), from, async (length) => {
      this.#checkLength(length, into)
      await this.#link?.receive(bytes(into))
    })
  }

  /** Sends `send`, and returns what the previous rank sends. */
  async #swap(send: Uint8Array, from: number): Promise<Uint8Array> {
    const received = await this.#link?.exchange(send, from, async (length) => {
      const into = Buffer.alloc(length)
      await this.#link?.receive(into)
      return into
    })
    return received as Uint8Array
  }

  /** @throws {CollectiveMismatch} if the previous rank sends an array of another length */
  #checkLength(length: number, expected: Float32Array): void {
    if (length === expected.byteLength) return
    throw this.#link?.mismatch(
      `does it with another length: a part has ${length} bytes instead of ${expected.byteLength}`,
    )
  }
}

function bytes({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}
