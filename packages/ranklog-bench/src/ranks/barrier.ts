import { readSync, writeSync } from 'node:fs'

/** Returns how many rounds a barrier of this number of ranks has, and how many pipes each rank reads. */
export function barrierRounds(ranks: number): number {
  return Math.ceil(Math.log2(ranks))
}

/** Returns the rank that a rank signals in a round. */
export function peerOf(rank: number, round: number, ranks: number): number {
  return (rank + 2 ** round) % ranks
}

/** Another rank has ended, so that the barrier can never be complete. */
export class PeerGone extends Error {
  constructor() {
    super('another rank has ended')
  }
}

/**
 * A dissemination barrier (Hensgen, Finkel and Manber, 1988): in round k each rank signals the rank 2^k above it and waits for the
 * one 2^k below. After log2(N) rounds all ranks have arrived. There is no coordinator, and the waits block the thread, as a
 * collective of data-parallel training does. A rank that has ended closes its pipes, which ends the others.
 */
export class Barrier {
  readonly #reads: readonly number[]
  readonly #writes: readonly number[]
  readonly #signal = Buffer.alloc(1)

  /** @param reads the descriptors that this rank reads, and `writes` those that it writes, one of each a round */
  constructor(reads: readonly number[], writes: readonly number[]) {
    this.#reads = reads
    this.#writes = writes
  }

  /** Number of write(2) calls of one wait. */
  get writeCalls(): number {
    return this.#writes.length
  }

  /**
   * Waits for all ranks.
   *
   * @param isLast true: this rank wants no further step
   * @returns true on every rank if any of them wants no further step
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
