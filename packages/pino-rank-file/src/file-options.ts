import {
  absolutePath,
  expandPath,
  givenGateKeys,
  isOneOf,
  type Levels,
  type RankGate,
  type ResolvedRank,
} from 'pino-rank/sink'
import { type SignalOptions, signalOptionKeys, splitSignals } from 'pino-rank-lines'
import { sharedFile } from './append/index.ts'
import type { Expand } from './line-file/index.ts'
import { type LineFileOptions, type LineFileSettings, lineFileSettings } from './line-file/index.ts'

/** Options of `pino-rank-file`, all structured-cloneable. */
export interface FileOptions extends LineFileOptions, SignalOptions {}

/** The default gate: all lines of rank 0, and the errors of the others. */
export const fileRanks = { ranks: '0', others: 'error' } as const

/** The ranks that write to the file even on a network file system. */
export type FileOwners = Pick<RankGate, 'ranks'>

const packageName = 'pino-rank-file'

/** What the caller knows besides the options. */
export interface FileContext {
  /** True if this rank is one of {@link FileOwners.ranks}. @default determined by the option `ranks` */
  open?: boolean | undefined
  /** Folder that relative paths are resolved against. @default the working directory */
  cwd?: string | undefined
  /** The logger's levels. @default pino's */
  levels?: Levels | undefined
}

/**
 * Validates the options and fills in defaults.
 *
 * @param extraKeys the names of the options that the entry point accepts besides {@link FileOptions}
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER, RANK_FIELD_MISSING,
 *   RANK_SET_SYNTAX
 */
export function fileSettings(
  options: FileOptions & FileOwners,
  rank: ResolvedRank,
  extraKeys: readonly string[],
  { open = isOneOf(options.ranks ?? fileRanks.ranks, rank), cwd, levels }: FileContext = {},
): LineFileSettings {
  const expand: Expand = (path, context) => expandPath(path, rank, { ...context, package: packageName })
  const settings = lineFileSettings(packageName, options, rank, expand, { extraKeys, cwd, levels })
  const { path, attemptFolder = true } = options
  const shared = sharedFile(path, rank, open, (template) => {
    const own = expand(template, { attemptFolder: attemptFolder && !settings.run })
    return settings.run ? own : absolutePath(own, cwd)
  })
  return { ...settings, shared }
}

/** Same as {@link fileSettings}, for the options of a target. The gate's options among them are validated elsewhere. */
export function fileTargetSettings(
  given: FileOptions,
  rank: ResolvedRank,
  context: FileContext,
): [signals: SignalOptions, settings: LineFileSettings] {
  const [signals, options] = splitSignals(packageName, 'fileStream', given)
  return [signals, fileSettings(options, rank, [...signalOptionKeys, ...givenGateKeys], context)]
}
