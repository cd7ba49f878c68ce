import { type ResolvedRank, rankSuffix } from 'pino-rank/sink'

/** A file that ranks share, and the file of a rank that must not write to it. Plain data. */
export interface SharedFile {
  /** This rank's own file, in the folder of the shared one. */
  own: string
  /** True if this rank is one of `ranks`, to which the file belongs. */
  open: boolean
  /** All ranks of the job are on this host. */
  oneHost: boolean
  /** True if this rank reports why there are more files, once a process. */
  isReporter: boolean
}

/**
 * Returns the file that ranks share, and this rank's own: for `train.log` the ranks outside `ranks` would have
 * `train.errors.rank-N.log`. Undefined if no other rank has the path: in a world of one rank, or for a template that
 * names `{rank}`.
 *
 * @param expand fills in the placeholders of a template
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
