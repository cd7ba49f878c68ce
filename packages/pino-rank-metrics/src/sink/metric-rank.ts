import {
  checkOwnPlace,
  givenGateKeys,
  OptionChecker,
  type OwnPlace,
  type RankSetInput,
  type ResolvedRank,
  type SinkDeclaration,
} from 'pino-rank/sink'

/** What {@link metricRank} makes the declaration of a metric sink from. */
export interface MetricRankDefinition<Options, Settings> extends Pick<SinkDeclaration<Options>, 'exit'> {
  /** The sink's package, which errors name. */
  package: string
  /** The names of all options of the sink. */
  keys: readonly (keyof Options & string)[]
  /**
   * Returns the options, checked and complete. Opens nothing. Their names are checked already.
   *
   * @param cwd folder that relative paths are resolved against. @default the working directory
   * @throws {RankError} OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
   */
  settings(check: OptionChecker, options: Options, rank: ResolvedRank, cwd?: string): Settings
  /** Returns the place that only one rank may write to. Undefined: each rank gets a place of its own. */
  ownPlace(options: Options): Omit<OwnPlace, 'package'> | undefined
}

/** The declaration of a metric sink. */
export interface MetricRank<Options, Settings> extends SinkDeclaration<Options> {
  /**
   * Returns the sink's options, checked and complete. Opens nothing.
   *
   * @param gateKeys names of options that are validated elsewhere
   * @param cwd folder that relative paths are resolved against. @default the working directory
   * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
   */
  settings(options: Options, rank: ResolvedRank, gateKeys: readonly string[], cwd?: string): Settings
}

/**
 * Returns the declaration of a metric sink: rank 0 writes, and the others are silent, unless the target says otherwise. Several
 * ranks that would write to one place are refused.
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
    ...declared,
  }
}
