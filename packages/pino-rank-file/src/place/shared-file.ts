import { type ResolvedRank, rankSuffix } from 'pino-rank/sink'
import { type FileSystem, fileSystemOf } from './file-system.ts'

/** A file that ranks share, and where a rank goes that had better not. Plain data. */
export interface SharedFile {
  /** This rank's own file, beside the shared one. */
  own: string
  /** Is this rank one of `ranks`, whose file it is? */
  open: boolean
  /** All ranks of the job are on this host. */
  oneHost: boolean
  /** Says what happens, once a process. */
  tells: boolean
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
  return { own, open, oneHost, tells: rank.rank === 0 }
}

const told = new Set<string>()

/**
 * Where this rank writes: `path`, or where appends would tear, its own file.
 *
 * The processes of one host are one client of an NFS or SMB server: their kernel orders appends, as on a local disk, so
 * a job on one host shares its file there. Some FUSE programs upload a file as each process left it: never there.
 *
 * @param tell told once a process by rank 0, why there are more files
 */
export function sharedPlace(
  path: string,
  { own, open, oneHost, tells }: SharedFile,
  tell: (what: string) => void,
  probe: (path: string) => FileSystem = fileSystemOf,
): string {
  const { name, kind } = probe(path)
  if (kind === 'local' || kind === 'coherent' || (kind === 'network' && oneHost)) return path
  if (tells && !told.has(path)) {
    told.add(path)
    const why = kind === 'fuse' ? 'several processes may lose lines' : 'several hosts tear'
    tell(`on ${name}, where appends of ${why}: ranks outside "ranks" write their errors to ${errorFiles(own)}`)
  }
  return open ? path : own
}

function errorFiles(own: string): string {
  return own.replace(/(?<=\.errors\.rank-)\d+/, 'N')
}
