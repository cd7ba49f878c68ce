import { readSync, writeSync } from 'node:fs'

/** Returns the number of rounds of a barrier. Each rank reads one pipe and writes one pipe in each round. */
export function barrierRounds(ranks: number): number {
  return Math.ceil(Math.log2(ranks))
}

/** Returns the rank that `rank` signals in a round. */
export function peerOf(rank: number, round: number, ranks: number): number {
  return (rank + 2 ** round) % ranks
}

/** Thrown if another rank has ended, because then the barrier can never complete. */
export class PeerGone extends Error {
  constructor() {
    super('another rank has ended')
  }
}

/**
 * A dissemination barrier (Hensgen, Finkel and Manber, 1988). In round k each rank signals the rank 2^k above it and waits for
 * the signal of the rank 2^k below it. After the last round all ranks have arrived. There is no coordinator. A wait blocks
 * the thread, like a collective operation of data-parallel training. When a rank ends, its pipes close, and the other ranks
 * get {@link PeerGone}.
 */
export class Barrier {
  readonly #reads: readonly number[]
  readonly #writes: readonly number[]
  readonly #signal = Buffer.alloc(1)

  /**
   * @param reads the descriptors of the pipes that this rank reads, one for each round
   * @param writes the descriptors of the pipes that this rank writes, one for each round
   */
  constructor(reads: readonly number[], writes: readonly number[]) {
    this.#reads = reads
    this.#writes = writes
  }

  /** Number of write(2) calls in one wait. */
  get writeCalls(): number {
    return this.#writes.length
  }

  /**
   * Waits for all ranks.
   *
   * @param isLast true to end the job after this step
   * @returns true on every rank if any rank passed `isLast`
   * @throws {PeerGone} if a rank has ended
   */
  wait(isLast: boolean): boolean {
    let last = isLast
    for (const [round, read] of this.#reads.entries()) {
      this.#send(round, last)
      if (readSync(read, this.#signal) === 0) throw new PeerGone()
      last ||= this.#signal[0] === 1
    }
    return last
  }

  #send(round: number, last: boolean): void {
    this.#signal[0] = last ? 1 : 0
    try {
      writeSync(this.#writes[round] as number, this.#signal)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
      throw new PeerGone()
    }
  }
}
