import { basename } from 'node:path'
import {
  expandPath,
  givenGateKeys,
  OptionChecker,
  type PathContext,
  type ResolvedRank,
  rankSuffix,
  splitExtension,
} from 'pino-rank/sink'
import {
  type Expand,
  type LineFileContext,
  type LineFileOptions,
  type LineFileSettings,
  lineFileSettings,
} from 'pino-rank-file/append'
import { type SignalOptions, signalOptionKeys, splitSignals } from 'pino-rank-lines'

/**
 * Options of `pino-rank-split`, all structured-cloneable. Each rank's file is named after `path`: `train.log` becomes
 * `train.rank-3.log`.
 */
export interface SplitOptions extends LineFileOptions, SignalOptions {}

/** {@link SplitOptions} for one rank, validated and complete. */
export interface SplitSettings extends LineFileSettings {
  /** The name of the manifest, in the folder of the file. */
  manifest: string
}

const packageName = 'pino-rank-split'

/** The default gate: all lines of all ranks, each rank to its own file. */
export const splitRanks = { ranks: '*', others: 'error' } as const

/** What the caller knows besides the options. */
export type SplitContext = Pick<LineFileContext, 'cwd' | 'levels'>

/**
 * Validates the options and fills in defaults.
 *
 * @param extraKeys the names of the options that the entry point accepts besides {@link SplitOptions}
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, LEVEL_UNKNOWN, PATH_PLACEHOLDER
 */
export function splitSettings(
  options: SplitOptions,
  rank: ResolvedRank,
  extraKeys: readonly string[],
  context: SplitContext,
): SplitSettings {
  const expand: Expand = (template, context) => splitPaths(template, rank, context).path
  const settings = lineFileSettings(packageName, options, rank, expand, { extraKeys, alone: true, ...context })
  return { ...settings, manifest: basename(splitPaths(options.path, rank).manifest) }
}

/** Same as {@link splitSettings}, for the options of a target. The gate's options among them are validated elsewhere. */
export function splitTargetSettings(
  given: SplitOptions,
  rank: ResolvedRank,
  context: SplitContext,
): [signals: SignalOptions, settings: SplitSettings] {
  const [signals, options] = splitSignals(packageName, 'splitStream', given)
  return [signals, splitSettings(options, rank, [...signalOptionKeys, ...givenGateKeys], context)]
}

/** The files of one rank. */
export interface SplitPaths {
  path: string
  manifest: string
}

/**
 * Returns the files of one rank. For `train.log`, rank 3 has `train.rank-3.log` and `train.rank-3.json`. If the path
 * contains `{rank}`, no suffix is added.
 *
 * @throws {RankError} PATH_PLACEHOLDER; OPTION_INVALID for `*.json`, because the manifest would replace the log
 */
export function splitPaths(template: string, rank: ResolvedRank, given: PathContext = {}): SplitPaths {
  const [stem, extension] = splitExtension(rankSuffix(template))
  if (extension === '.json') {
    const expected = 'a name that does not end in .json, because that is the name of the manifest'
    throw new OptionChecker(packageName, 'end it in .log or .ndjson').invalid('path', expected, template)
  }
  const context = { ...given, package: packageName }
  return {
    path: expandPath(stem + extension, rank, context),
    manifest: expandPath(`${stem}.json`, rank, context),
  }
}
