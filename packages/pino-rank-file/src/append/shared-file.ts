import { type ResolvedRank, rankSuffix } from 'pino-rank/sink'

/** A file that ranks share, and the file of a rank that must not write to it. Structured-cloneable. */
export interface SharedFile {
  /** This rank's own file, in the folder of the shared one. */
  own: string
  /** True if this rank is one of `ranks`, which write to the shared file on every file system. */
  open: boolean
  /** True if all ranks of the job are on this host. */
  oneHost: boolean
  /** True if this rank reports the reason for additional files. */
  isReporter: boolean
}

/**
 * Returns the shared file and the file of this rank alone, for example `train.log` and `train.errors.rank-3.log`.
 * Undefined if no other rank has the path: there is one rank, or the template contains `{rank}`.
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
