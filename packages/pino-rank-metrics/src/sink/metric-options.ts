import { givenGateKeys, type OptionChecker, type ResolvedRank, type SinkDeclaration } from 'pino-rank/sink'

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
  /** Permission bits of a new file, before the umask. @default 0o640 */
  mode?: number
}

/** {@link MetricOptions}, checked and complete. */
export interface MetricSettings {
  nestedKey: string | undefined
  flushMs: number
  queueBytes: number
}

/** {@link MetricFileOptions}, checked and complete. */
export interface MetricFileSettings extends MetricSettings {
  mode: number
}

/**
 * Returns a sink's options, checked and complete. Opens nothing.
 *
 * @param gateKeys names of options that are validated elsewhere
 * @param cwd folder that relative paths are resolved against. @default the working directory
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export type SettingsOf<Options, Settings> = (
  options: Options,
  rank: ResolvedRank,
  gateKeys: readonly string[],
  cwd?: string,
) => Settings

/** The names of all {@link MetricOptions}, for a sink that checks its option names. */
export const metricKeys: readonly string[] = ['nestedKey', 'flushMs', 'queueBytes']

/** The names of all {@link MetricFileOptions}. */
export const metricFileKeys: readonly string[] = [...metricKeys, 'mode']

/** @throws {RankError} OPTION_INVALID */
export function metricSettings(check: OptionChecker, options: MetricOptions): MetricSettings {
  const { nestedKey, flushMs = 2000, queueBytes = 2 ** 24 } = options
  return {
    nestedKey: check.optionalText('nestedKey', nestedKey),
    flushMs: check.wholeNumber('flushMs', flushMs, 1, 2 ** 31 - 1),
    queueBytes: check.wholeNumber('queueBytes', queueBytes, 2 ** 16, 2 ** 31),
  }
}

/** @throws {RankError} OPTION_INVALID */
export function metricFileSettings(check: OptionChecker, options: MetricFileOptions): MetricFileSettings {
  const { mode = 0o640 } = options
  return { ...metricSettings(check, options), mode: check.wholeNumber('mode', mode, 0, 0o777) }
}

/** Returns the declaration of a metric sink: rank 0 writes, and the others are silent, unless the target says otherwise. */
export function metricRank<Options>(
  settings: SettingsOf<Options, unknown>,
  declaration: Pick<SinkDeclaration<Options>, 'checkRanks' | 'exit'>,
): SinkDeclaration<Options> {
  return {
    ranks: '0',
    others: 'silent',
    check: (options: Options, rank: ResolvedRank) => void settings(options, rank, givenGateKeys),
    ...declaration,
  }
}
