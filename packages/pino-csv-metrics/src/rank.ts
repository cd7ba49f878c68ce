import { parse } from 'node:path'
import {
  expandPath,
  hasPlaceholder,
  pathOption,
  type RunDirectorySetting,
  rankSuffix,
  runDirectoryOption,
} from 'pino-rank/sink'
import {
  type MetricFileOptions,
  type MetricFileSettings,
  type MetricRank,
  metricFileKeys,
  metricFileSettings,
  metricRank,
} from 'pino-rank-metrics/options'

/** Options of `pino-csv-metrics`, all structured-cloneable. */
export interface CsvOptions extends MetricFileOptions {
  /** Path of the file. May have placeholders such as `{runKey}` and `{rank}`. @default 'metrics.csv' */
  path?: string
  /** Folder in which each run gets a directory `version_N`. `path` is then relative to that directory. @default none */
  runDirectory?: string
  /** True gives each restart of the job a folder `attempt-N/` or a run directory. @default false: it continues the same file */
  attemptFolder?: boolean
}

/** {@link CsvOptions}, checked, with defaults filled in. */
export interface CsvSettings extends MetricFileSettings {
  path: string
  /** True if the file's name, and not only its folder, contains the rank. */
  isPerRank: boolean
  run: RunDirectorySetting | undefined
}

/** The declaration of the sink. A rank that is gated out loads only this module, so it must not import anything that writes. */
export const rank: MetricRank<CsvOptions, CsvSettings> = metricRank({
  package: 'pino-csv-metrics',
  keys: ['path', 'runDirectory', 'attemptFolder', ...metricFileKeys],
  settings(check, options, rank, cwd) {
    const { path = 'metrics.csv', runDirectory, attemptFolder: given = false } = options
    const attemptFolder = check.flag('attemptFolder', given)
    const inRun = runDirectory !== undefined
    return {
      path: inRun
        ? expandPath(path, rank, { package: check.packageName, attemptFolder: false })
        : pathOption(check, 'path', path, rank, { cwd, attemptFolder }),
      isPerRank: ['rank', 'localRank'].some((placeholder) => hasPlaceholder(parse(path).base, placeholder)),
      run: inRun ? runDirectoryOption(check, runDirectory, rank, { path, cwd, attemptFolder }) : undefined,
      ...metricFileSettings(check, options),
    }
  },
  ownPlace({ path = 'metrics.csv', runDirectory }) {
    return {
      at: 'option "path"',
      template: runDirectory === undefined ? String(path) : `${runDirectory}/${path}`,
      fix: `write for example "${rankSuffix(String(path))}", or let one rank write (ranks "0")`,
    }
  },
})
