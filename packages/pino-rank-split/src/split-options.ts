import { basename } from 'node:path'
import type { ResolvedRank } from 'pino-rank/sink'
import {
  type Expand,
  type LineFileContext,
  type LineFileOptions,
  type LineFileSettings,
  lineFileSettings,
} from 'pino-rank-file/append'
import { splitPaths } from './split-paths.ts'

/**
 * Options of `pino-rank-split`, all structured-cloneable. `path` is that of the whole: `train.log` becomes
 * `train.rank-3.log`.
 */
export interface SplitOptions extends LineFileOptions {}

/** A rank's options, checked and complete. */
export interface SplitSettings extends LineFileSettings {
  /** The name of the manifest, in the folder of the file. */
  manifest: string
}

/** Which ranks write, unless the target says otherwise: all, everything, each to its own file. */
export const splitRanks = { ranks: '*', others: 'error' } as const

/**
 * @param beside the names of what its entry takes beside {@link SplitOptions}
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER
 */
export function splitSettings(
  options: SplitOptions,
  rank: ResolvedRank,
  beside: readonly string[],
  context: Pick<LineFileContext, 'cwd' | 'levels'> = {},
): SplitSettings {
  const expand: Expand = (template, context) => splitPaths(template, rank, context).path
  const settings = lineFileSettings('pino-rank-split', options, rank, expand, { beside, alone: true, ...context })
  return { ...settings, manifest: basename(splitPaths(options.path, rank).manifest) }
}
