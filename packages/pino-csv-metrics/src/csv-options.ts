import { parse } from 'node:path'
import {
  checkOwnPlace,
  hasPlaceholder,
  jobKey,
  OptionChecker,
  type RankSetInput,
  type ResolvedRank,
} from 'pino-rank/sink'
import {
  type MetricFileOptions,
  type MetricFileSettings,
  metricFileKeys,
  metricFileSettings,
  pathOption,
  textOption,
} from 'pino-rank-metrics/options'

/** Options of `pino-csv-metrics`, all structured-cloneable. */
export interface CsvOptions extends MetricFileOptions {
  /** The file; may hold placeholders: `{runKey}`, `{rank}` and others. @default 'metrics.csv' */
  path?: string
  /** A folder in which each run gets a directory of its own, `version_N`; `path` is then relative to that. @default none */
  runDirectory?: string
  /** Give each restart of the job a folder `attempt-N/`, or a run directory. @default false: it goes on with the same file */
  attemptFolder?: boolean
}

const keys = ['path', 'runDirectory', 'attemptFolder', ...metricFileKeys]

const packageName = 'pino-csv-metrics'
const check = new OptionChecker(packageName)

/** The same, checked and complete. */
export interface CsvSettings extends MetricFileSettings {
  path: string
  /** True if the file's name, and not only its folder, contains the rank. */
  isPerRank: boolean
  run: { base: string; rank: ResolvedRank } | undefined
}

/**
 * @param gateKeys names of options that are validated elsewhere
 * @param cwd folder that relative paths are resolved against. @default the working directory
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function csvSettings(
  options: CsvOptions,
  rank: ResolvedRank,
  gateKeys: readonly string[],
  cwd?: string,
): CsvSettings {
  check.rejectUnknownKeys(options, [...keys, ...gateKeys])
  const { path = 'metrics.csv', runDirectory, attemptFolder = false } = options
  const apart = check.flag('attemptFolder', attemptFolder)
  if (runDirectory !== undefined) jobKey(rank, { package: packageName, at: 'option "runDirectory"' }) // the ranks can agree on one
  const run =
    runDirectory === undefined
      ? undefined
      : {
          base: pathOption(check, 'runDirectory', runDirectory, rank, { cwd }),
          rank: apart ? rank : { ...rank, attempt: 0 },
        }
  return {
    path: run
      ? textOption(check, 'path', path, rank)
      : pathOption(check, 'path', path, rank, { cwd, attemptFolder: apart }),
    isPerRank: ['rank', 'localRank'].some((placeholder) => hasPlaceholder(parse(path).base, placeholder)),
    run,
    ...metricFileSettings(check, options),
  }
}

/** @throws {RankError} PATH_PLACEHOLDER if several of `ranks` would write the same file */
export function checkCsvRanks(ranks: RankSetInput, rank: ResolvedRank, options: CsvOptions): void {
  const { path = 'metrics.csv', runDirectory } = options
  const { dir, name, ext } = parse(String(path))
  const example = `${dir && `${dir}/`}${name}.rank-{rank}${ext}`
  const fix = `write for example "${example}", or let one rank write (ranks "0")`
  const template = runDirectory === undefined ? String(path) : `${runDirectory}/${path}`
  checkOwnPlace({ package: packageName, at: 'option "path"', template, fix }, ranks, rank)
}
