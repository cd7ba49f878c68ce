import { expandPath, isOneOf, type RankGate, type ResolvedRank } from 'pino-rank/sink'
import { sharedFile } from './place/shared-file.ts'
import { type LineFileOptions, type LineFileSettings, lineFileSettings } from './writer/line-file-options.ts'
import type { Expand } from './writer/place-options.ts'

/** Options of `pino-rank-file`, all structured-cloneable. */
export interface FileOptions extends LineFileOptions {}

/** Which ranks write, unless the target says otherwise: all of rank 0, and the errors of the others. */
export const fileRanks = { ranks: '0', others: 'error' } as const

/** What a network file system makes a difference for: whose file it is. */
export type FileOwners = Pick<RankGate, 'ranks'>

/**
 * @param beside the names of what its entry takes beside {@link FileOptions}
 * @param open is this rank one of those whose file it is?
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER, RANK_FIELD_MISSING, RANK_SET_SYNTAX
 */
export function fileSettings(
  options: FileOptions & FileOwners,
  rank: ResolvedRank,
  beside: readonly string[],
  open: boolean = isOneOf(options.ranks ?? fileRanks.ranks, rank),
): LineFileSettings {
  const from = 'pino-rank-file'
  let shared: LineFileSettings['shared']
  const expand: Expand = (path, context) => {
    const fill = (template: string) => expandPath(template, rank, { ...context, package: from })
    shared = sharedFile(path, rank, open, fill)
    return fill(path)
  }
  const settings = lineFileSettings(from, options, rank, expand, { beside })
  return { ...settings, shared }
}
