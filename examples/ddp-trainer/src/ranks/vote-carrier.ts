import type { Call, Collectives } from './collectives.ts'

/** A vote is added to sums of at most this many numbers, because they are copied for it. */
const maxCarried = 2 ** 16

/**
 * Collectives that also sum one number of each rank, its vote. The next sum that is small enough carries it. If there is none, because
 * all buckets of the gradients are large, the vote is one more small sum, in which the ranks wait for each other.
 */
export class VoteCarrier implements Collectives {
  readonly #collectives: Collectives
  #vote = 0
  #isPending = false
  #sum = 0
  #extended = new Float32Array()

  constructor(collectives: Collectives) {
    this.#collectives = collectives
  }

  get rank(): number {
    return this.#collectives.rank
  }

  get worldSize(): number {
    return this.#collectives.worldSize
  }

  /** The next sum carries this vote. */
  setVote(vote: number): void {
    this.#vote = vote
    this.#isPending = true
  }

  /** Returns the sum of the votes of all ranks. If no sum has carried them since `setVote`, they get a message of their own. */
  async sumOfVotes(): Promise<number> {
    if (this.#isPending) {
      this.#isPending = false
      const sum = Float32Array.of(this.#vote)
      if (this.worldSize > 1) await this.#collectives.allReduce(sum, { what: 'looks for a signal' })
      this.#sum = sum[0] as number
    }
    return this.#sum
  }

  async allReduce(values: Float32Array, call: Call): Promise<void> {
    if (!this.#isPending || values.length > maxCarried) return this.#collectives.allReduce(values, call)
    this.#isPending = false
    const { length } = values
    if (this.#extended.length !== length + 1) this.#extended = new Float32Array(length + 1)
    this.#extended.set(values)
    this.#extended[length] = this.#vote
    await this.#collectives.allReduce(this.#extended, call)
    values.set(this.#extended.subarray(0, length))
    this.#sum = this.#extended[length] as number
  }

  allGather(mine: Uint8Array, call: Call): Promise<Uint8Array[]> {
    return this.#collectives.allGather(mine, call)
  }

  broadcast(mine: Uint8Array, call: Call): Promise<Uint8Array> {
    return this.#collectives.broadcast(mine, call)
  }

  barrier(call: Call): Promise<void> {
    return this.#collectives.barrier(call)
  }

  close(): void {
    this.#collectives.close()
  }
}
