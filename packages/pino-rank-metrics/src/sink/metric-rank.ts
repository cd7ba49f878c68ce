import {
  checkOwnPlace,
  givenGateKeys,
  OptionChecker,
  type OwnPlace,
  type RankSetInput,
  type ResolvedRank,
  type SinkDeclaration,
} from 'pino-rank/sink'
import type { MetricOptions } from './metric-options.ts'

/** Maximum time for which `rankLogger` buffers lines before it passes them to the sink's thread, in ms. */
const maxBatchMs = 100

/** The parts from which {@link metricRank} makes the declaration of a metric sink. */
export interface MetricRankDefinition<Options, Settings> extends Pick<SinkDeclaration<Options>, 'exit' | 'batchMs'> {
  /** The name of the sink's package, for errors. */
  package: string
  /** The names of all options of the sink. */
  keys: readonly (keyof Options & string)[]
  /**
   * Checks the options and fills in their defaults. Must not open a file or a connection. Unknown options are already rejected.
   *
   * @param cwd folder that relative paths are resolved against. @default the working directory
   * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
   */
  settings(check: OptionChecker, options: Options, rank: ResolvedRank, cwd?: string): Settings
  /** Returns the place that only one rank may write to. Returns undefined if each rank has a place of its own. */
  ownPlace(options: Options): Omit<OwnPlace, 'package'> | undefined
}

/** The declaration of a metric sink. */
export interface MetricRank<Options, Settings> extends SinkDeclaration<Options> {
  /**
   * Checks the sink's options and fills in their defaults. Does not open a file or a connection.
   *
   * @param gateKeys names of further options that are allowed, because the caller checks them
   * @param cwd folder that relative paths are resolved against. @default the working directory
   * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
   */
  settings(options: Options, rank: ResolvedRank, gateKeys: readonly string[], cwd?: string): Settings
}

/**
 * Returns the declaration of a metric sink. By default rank 0 writes and the others are silent; the options of a target can change
 * that. Several ranks that would write to one place are rejected.
 */
export function metricRank<Options extends object, Settings>(
  definition: MetricRankDefinition<Options, Settings>,
): MetricRank<Options, Settings> {
  const { package: packageName, keys, settings: settingsOf, ownPlace, ...declared } = definition
  const checker = new OptionChecker(packageName)
  const settings: MetricRank<Options, Settings>['settings'] = (options, rank, gateKeys, cwd) => {
    checker.rejectUnknownKeys(options, [...keys, ...gateKeys])
    return settingsOf(checker, options, rank, cwd)
  }
  return {
    ranks: '0',
    others: 'silent',
    settings,
    check: (options: Options, rank: ResolvedRank) => void settings(options, rank, givenGateKeys),
    checkRanks(ranks: RankSetInput, rank: ResolvedRank, options: Options) {
      const place = ownPlace(options)
      if (place) checkOwnPlace({ package: packageName, ...place }, ranks, rank)
    },
    batchMs: (options: Options) => Math.min((options as MetricOptions).flushMs ?? maxBatchMs, maxBatchMs),
    ...declared,
  }
}
