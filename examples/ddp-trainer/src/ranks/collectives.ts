/** Time that a rank waits for the others in a call, unless the call gives another one, in ms. */
export const defaultTimeoutMs = 600_000

/** What a rank does in a call, and how long it waits for the others. */
export interface Call {
  /** What this rank does, for the errors: 'reduces metrics at step 3'. It must be the same on all ranks. */
  what: string
  /** Time that the other ranks have to make the same call, in ms. @default 10 minutes */
  timeoutMs?: number
}

/**
 * Operations in which all ranks of a job take part. All ranks must make the same calls in the same order, and each call only after the
 * one before has resolved. Where two ranks differ, both reject. An open connection does not keep the process running.
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
  close(): void
}
