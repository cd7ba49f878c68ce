import { expandPath, type ResolvedRank } from 'pino-rank/sink'
import { type LineFileOptions, type LineFileSettings, lineFileSettings } from './writer/line-file-options.ts'

/** Options of `pino-rank-file`, all structured-cloneable. */
export interface FileOptions extends LineFileOptions {}

/** Which ranks write, unless the target says otherwise: all of rank 0, and the errors of the others. */
export const fileRanks = { ranks: '0', others: 'error' } as const

/** @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER */
export function fileSettings(options: FileOptions, rank: ResolvedRank): LineFileSettings {
  const from = 'pino-rank-file'
  return lineFileSettings(from, options, rank, (path) => expandPath(path, rank, { package: from }))
}
