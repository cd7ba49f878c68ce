import { parse } from 'node:path'
import {
  checkOwnPlace,
  hasPlaceholder,
  jobKey,
  type RankSetInput,
  type ResolvedRank,
  rejectUnknownKeys,
} from 'pino-rank/sink'
import { OptionChecks } from 'pino-rank-metrics/sink'

/** Options of `pino-csv-metrics`, all structured-cloneable. */
export interface CsvOptions {
  /** The file; may hold placeholders: `{runKey}`, `{rank}` and others. @default 'metrics.csv' */
  path?: string
  /** A folder in which each run gets a directory of its own, `version_N`; `path` is then relative to that. @default none */
  runDirectory?: string
  /** Give each restart of the job a folder `attempt-N/`, or a run directory. @default false: it goes on with the same file */
  attemptFolder?: boolean
  /** The logger's own `nestedKey`, if it has one. Metric records are read below this key. @default none */
  nestedKey?: string
  /** Longest age of a row that waits, in ms. @default 2000 */
  flushMs?: number
  /** What may wait in memory while the disk fails, in bytes. @default 16777216 */
  queueBytes?: number
  /** Permission bits of a new file, before the umask. @default 0o640 */
  mode?: number
}

const keys = ['path', 'runDirectory', 'attemptFolder', 'nestedKey', 'flushMs', 'queueBytes', 'mode']

const from = 'pino-csv-metrics'
const check = new OptionChecks(from)

/** The same, checked and complete. */
export interface CsvSettings {
  path: string
  /** True if the file's name, and not only its folder, contains the rank. */
  isPerRank: boolean
  run: { base: string; rank: ResolvedRank } | undefined
  nestedKey: string | undefined
  flushMs: number
  queueBytes: number
  mode: number
}

/**
 * @param beside names of options that are validated elsewhere
 * @param cwd folder that relative paths are resolved against. @default the working directory
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function csvSettings(
  options: CsvOptions,
  rank: ResolvedRank,
  beside: readonly string[],
  cwd?: string,
): CsvSettings {
  rejectUnknownKeys(from, options, [...keys, ...beside])
  const { path = 'metrics.csv', runDirectory, attemptFolder = false } = options
  const { flushMs = 2000, queueBytes = 2 ** 24, mode = 0o640 } = options
  const apart = check.flag('attemptFolder', attemptFolder)
  if (runDirectory !== undefined) jobKey(rank, { package: from, at: 'option "runDirectory"' }) // the ranks can agree on one
  const run =
    runDirectory === undefined
      ? undefined
      : { base: check.path('runDirectory', runDirectory, rank, { cwd }), rank: apart ? rank : { ...rank, attempt: 0 } }
  return {
    path: run ? check.filled('path', path, rank) : check.path('path', path, rank, { cwd, attemptFolder: apart }),
    isPerRank: ['rank', 'localRank'].some((placeholder) => hasPlaceholder(parse(path).base, placeholder)),
    run,
    nestedKey: check.optionalText('nestedKey', options.nestedKey),
    flushMs: check.whole('flushMs', flushMs, 1, 2 ** 31 - 1),
    queueBytes: check.whole('queueBytes', queueBytes, 2 ** 16, 2 ** 31),
    mode: check.whole('mode', mode, 0, 0o777),
  }
}

/** @throws {RankError} PATH_PLACEHOLDER if several of `ranks` would write the same file */
export function checkCsvRanks(ranks: RankSetInput, rank: ResolvedRank, options: CsvOptions): void {
  const { path = 'metrics.csv', runDirectory } = options
  const { dir, name, ext } = parse(String(path))
  const example = `${dir && `${dir}/`}${name}.rank-{rank}${ext}`
  const fix = `write for example "${example}", or let one rank write (ranks "0")`
  const template = runDirectory === undefined ? String(path) : `${runDirectory}/${path}`
  checkOwnPlace({ package: from, at: 'option "path"', template, fix }, ranks, rank)
}
