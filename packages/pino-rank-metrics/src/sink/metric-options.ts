import { absolutePath, expandPath, type OptionChecker, type PathOptions, type ResolvedRank } from 'pino-rank/sink'
import { fileMode } from 'pino-rank-lines/system'

/** Options of every metric sink. */
export interface MetricOptions {
  /** The logger's own `nestedKey`, if it has one. Metric records are read below this key. @default none */
  nestedKey?: string
  /** Maximum age of a buffered record, in ms. @default 2000 */
  flushMs?: number
  /** Maximum size of the records that are buffered in memory while they cannot be written, in bytes. @default 16777216 */
  queueBytes?: number
}

/** Options of a metric sink that writes files. */
export interface MetricFileOptions extends MetricOptions {
  /** Permission bits of new files, before the umask. Users who may read the files may also enter new folders. @default 0o640 */
  mode?: number
}

/** {@link MetricOptions}, checked, with defaults filled in. */
export interface MetricSettings {
  nestedKey: string | undefined
  flushMs: number
  queueBytes: number
}

/** {@link MetricFileOptions}, checked, with defaults filled in. */
export interface MetricFileSettings extends MetricSettings {
  mode: number
}

/** The names of all {@link MetricOptions}, for a sink that checks its option names. */
export const metricKeys: readonly (keyof MetricOptions)[] = ['nestedKey', 'flushMs', 'queueBytes']

/** The names of all {@link MetricFileOptions}. */
export const metricFileKeys: readonly (keyof MetricFileOptions)[] = [...metricKeys, 'mode']

/** Checks the options of every metric sink and fills in their defaults. @throws {RankError} OPTION_INVALID */
export function metricSettings(check: OptionChecker, options: MetricOptions): MetricSettings {
  const { nestedKey, flushMs = 2000, queueBytes = 2 ** 24 } = options
  return {
    nestedKey: check.optionalText('nestedKey', nestedKey),
    flushMs: check.timeMs('flushMs', flushMs),
    queueBytes: check.wholeNumber('queueBytes', queueBytes, 2 ** 16, 2 ** 31),
  }
}

/** Checks the options of a metric sink that writes files and fills in their defaults. @throws {RankError} OPTION_INVALID */
export function metricFileSettings(check: OptionChecker, options: MetricFileOptions): MetricFileSettings {
  const { mode = 0o640 } = options
  return { ...metricSettings(check, options), mode: fileMode(check.packageName, mode) }
}

/**
 * Returns the text of an option with its placeholders filled in.
 *
 * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function textOption(
  check: OptionChecker,
  option: string,
  template: unknown,
  rank: ResolvedRank,
  attemptFolder = false,
): string {
  return expandPath(check.text(option, template), rank, { package: check.packageName, option, attemptFolder })
}

/**
 * Returns the absolute path of a folder that an option names, with its placeholders filled in. A later `process.chdir` does not
 * change it.
 *
 * @throws as {@link textOption}
 */
export function folderOption(
  check: OptionChecker,
  option: string,
  template: unknown,
  rank: ResolvedRank,
  { cwd, attemptFolder }: PathOptions = {},
): string {
  return absolutePath(textOption(check, option, template, rank, attemptFolder), cwd)
}
