import { type ResolvedRank, rankSuffix } from 'pino-rank/sink'

/** A file that ranks share, and the file of a rank that must not write to it. Plain data. */
export interface SharedFile {
  /** This rank's own file, in the folder of the shared one. */
  own: string
  /** Is this rank one of `ranks`, whose file it is? */
  open: boolean
  /** All ranks of the job are on this host. */
  oneHost: boolean
  /** True if this rank reports why there are more files, once a process. */
  isReporter: boolean
}

/**
 * `train.log` is shared with the ranks outside `ranks`, whose own would be `train.errors.rank-N.log`. Undefined where no
 * other rank has the path: a world of one, a template that names `{rank}`.
 *
 * @param expand fills a template in
 */
export function sharedFile(
  template: string,
  rank: ResolvedRank,
  open: boolean,
  expand: (template: string) => string,
): SharedFile | undefined {
  const { worldSize, localWorldSize } = rank
  const suffixed = rankSuffix(template)
  if (worldSize === 1 || suffixed === template) return undefined
  const own = expand(suffixed.replace(/(?=\.rank-\{rank\}[^/\\]*$)/, '.errors'))
  const oneHost = worldSize !== undefined && localWorldSize === worldSize
  return { own, open, oneHost, isReporter: rank.rank === 0 }
}
