/** Limits of all calls. They must be the same on all ranks. */
export interface CollectivesLimits {
  /** Time that the other ranks have to make the call in which a rank waits, in ms. @default 10 minutes */
  timeoutMs?: number
  /**
   * A rank counts as hung if nothing arrives from it for `hangTimeoutMs`, or for four times the longest time that the waiting rank's own
   * event loop did not turn, if that is longer. In ms. @default 7 s
   */
  hangTimeoutMs?: number
}

/** The limits if a job sets none. */
export const defaultLimits: Required<CollectivesLimits> = { timeoutMs: 600_000, hangTimeoutMs: 7_000 }

/** What a rank does in a call. */
export interface Call {
  /** What this rank does, for the errors: 'reduces metrics at step 3'. It must be the same on all ranks. */
  what: string
}

/**
 * Operations in which all ranks of a job take part. All ranks must make the same calls in the same order, and each call only after the
 * one before has resolved. After an error no further call succeeds. An open connection does not keep the process running.
 *
 * Each call throws:
 * - CollectiveMismatch if two ranks make different calls;
 * - CollectiveTimeout if a rank does not make the call within `timeoutMs`. It names the rank;
 * - RankUnresponsive if a rank is hung. It names the rank;
 * - NeighbourLost if a rank has ended.
 */
export interface Collectives {
  readonly rank: number
  readonly worldSize: number
  /** Sums `values` over all ranks, in place. All ranks get the same bits, and get them again in every run. */
  allReduce(values: Float32Array, call: Call): Promise<void>
  /** Returns the bytes of each rank, by rank. They may differ in length. */
  allGather(mine: Uint8Array, call: Call): Promise<Uint8Array[]>
  /** Returns the bytes of rank 0. Those of the other ranks are ignored. */
  broadcast(mine: Uint8Array, call: Call): Promise<Uint8Array>
  /** Resolves when all ranks have made this call. */
  barrier(call: Call): Promise<void>
  /**
   * For a failure of this rank: closes the connections, so that the other ranks fail too. With MPI it aborts the job when this process
   * exits. After a fit that succeeds, the ranks just end.
   */
  close(): void
}
