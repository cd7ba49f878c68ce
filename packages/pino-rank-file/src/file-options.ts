import { expandPath, type GateOptions, isOneOf, type ResolvedRank } from 'pino-rank/sink'
import { sharedFile } from './place/shared-file.ts'
import { type LineFileOptions, type LineFileSettings, lineFileSettings } from './writer/line-file-options.ts'

/** Options of `pino-rank-file`, all structured-cloneable. */
export interface FileOptions extends LineFileOptions {}

/** Which ranks write, unless the target says otherwise: all of rank 0, and the errors of the others. */
export const fileRanks = { ranks: '0', others: 'error' } as const

/** What a network file system makes a difference for: whose file it is. */
export type FileOwners = Pick<GateOptions, 'ranks' | 'open'>

/** @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER, RANK_FIELD_MISSING, RANK_SET_SYNTAX */
export function fileSettings(options: FileOptions & FileOwners, rank: ResolvedRank): LineFileSettings {
  const from = 'pino-rank-file'
  const { ranks = fileRanks.ranks, open = isOneOf(ranks, rank) } = options
  let shared: LineFileSettings['shared']
  const settings = lineFileSettings(from, options, rank, (path, context) => {
    const expand = (template: string) => expandPath(template, rank, { ...context, package: from })
    shared = sharedFile(path, rank, open, expand)
    return expand(path)
  })
  return { ...settings, shared }
}
