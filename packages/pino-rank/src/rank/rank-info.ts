/**
 * The place of this process among the ranks of its job. Names and meanings are torchrun's. `rank` and `launcher` are always
 * known. A field that the launcher does not give is undefined.
 */
export interface RankInfo {
  /** The rank in the job: 0 to worldSize − 1. */
  rank: number
  /** The row of the launcher table that matched, e.g. `torchrun` or `slurm`. */
  launcher: string
  /** Number of ranks in the job. */
  worldSize?: number
  /** The rank on this node, from 0. */
  localRank?: number
  /** Number of ranks on this node. */
  localWorldSize?: number
  /** The number of this node in the job, from 0. */
  nodeRank?: number
  /** Restart count of the job, from 0. A rank is not stable across attempts. */
  attempt?: number
  /** Identifies the job: the same on all of its ranks, and different in other jobs. */
  runKey?: string
}

/**
 * The rank of a launched process with malformed variables, under `onBadRank: 'warn'`. It is gated like the other ranks, and is
 * never rank 0.
 */
export interface UnknownRank extends Omit<RankInfo, 'rank'> {
  rank: 'unknown'
}

/** The input of sinks and gates: a rank, the only rank of a program that was not launched, or an unknown rank. */
export type ResolvedRank = RankInfo | UnknownRank

/** The rank of a process that was not launched: the only one in its world. No other code gives such a process values. */
export const soleRank: RankInfo = Object.freeze({
  rank: 0,
  launcher: 'none',
  worldSize: 1,
  localRank: 0,
  localWorldSize: 1,
  nodeRank: 0,
  attempt: 0,
})
