import { explainRank } from './explain-rank.ts'
import type { RankInfo } from './rank-info.ts'

/** The part of node:cluster that tells a worker who it is. */
export interface ClusterLike {
  worker?: { id: number } | undefined
}

/** What {@link detectRank} looks at beside the environment. */
export interface DetectOptions {
  /** node:cluster, whose workers the environment does not name. @default not looked at */
  cluster?: ClusterLike | undefined
}

/**
 * Who this process is among the ranks of its job, as the first matching launcher's variables say; undefined where it
 * was not launched. Pure: it reads its arguments and nothing else. {@link explainRank} tells why.
 *
 * @throws {RankError} RANK_MALFORMED, RANK_OUT_OF_RANGE or RANK_INCOMPLETE, naming the variables: a rank that cannot be
 *   told is never rank 0.
 */
export function detectRank(env: NodeJS.ProcessEnv = process.env, options: DetectOptions = {}): RankInfo | undefined {
  const { rank, error } = explainRank(env, options)
  if (error) throw error
  return rank
}
