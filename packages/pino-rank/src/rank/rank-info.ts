/**
 * Who this process is among the ranks of its job. Words and meanings are torchrun's.
 * Only `rank` and `launcher` are always known; what the launcher does not say stays undefined.
 */
export interface RankInfo {
  /** This process among all of the job: 0 to worldSize − 1. */
  rank: number
  /** The row of the launcher table that matched, e.g. `torchrun` or `slurm`. */
  launcher: string
  /** Number of ranks in the job. */
  worldSize?: number
  /** This process among those of its node, from 0. */
  localRank?: number
  /** Number of ranks on this node. */
  localWorldSize?: number
  /** This node among those of the job, from 0. */
  nodeRank?: number
  /** Restart count of the job, from 0. A rank is not stable across attempts. */
  attempt?: number
  /** The same for all ranks of one job and for no other job. */
  runKey?: string
}

/** A launched rank whose variables are malformed, under `onBadRank: 'warn'`: gated like the others, never rank 0. */
export interface UnknownRank extends Omit<RankInfo, 'rank'> {
  rank: 'unknown'
}

/** What sinks and gates work with: a rank, the sole rank of an unlaunched program, or an unknown one. */
export type ResolvedRank = RankInfo | UnknownRank

/** Not launched: the one rank of a world of one. The only place where "not launched" gets values. */
export const soleRank: RankInfo = Object.freeze({
  rank: 0,
  launcher: 'none',
  worldSize: 1,
  localRank: 0,
  localWorldSize: 1,
  nodeRank: 0,
  attempt: 0,
})
