import { checkOwnPlace, jobKey, OptionChecker, type RankSetInput, type ResolvedRank } from 'pino-rank/sink'
import {
  type MetricFileOptions,
  type MetricFileSettings,
  metricFileKeys,
  metricFileSettings,
  pathOption,
} from 'pino-rank-metrics/options'
import type { RunEventsOptions } from './run-events.ts'

/** Options of `pino-tensorboard`, all structured-cloneable. */
export interface TensorboardOptions extends MetricFileOptions, RunEventsOptions {
  /** The run's folder: `tensorboard --logdir` takes it or one above. May hold placeholders: `{runKey}`, `{rank}` and others. */
  logdir?: string
  /** A folder in which each run gets a directory of its own, `version_N`. @default 'runs', where there is no `logdir` */
  runDirectory?: string
  /** Give each restart of the job a folder `attempt-N/`, or a run directory. @default false: it goes on in the same run */
  attemptFolder?: boolean
}

const keys = ['logdir', 'runDirectory', 'attemptFolder', ...metricFileKeys, 'group', 'purgeStep', 'simpleValue']

const packageName = 'pino-tensorboard'
const check = new OptionChecker(packageName)

/** The same, checked and complete. */
export interface TensorboardSettings extends MetricFileSettings, RunEventsOptions {
  folder: { logdir: string } | { base: string; rank: ResolvedRank }
}

/**
 * @param gateKeys names of options that are validated elsewhere
 * @param cwd folder that relative paths are resolved against. @default the working directory
 * @throws {RankError} OPTION_UNKNOWN, OPTION_INVALID, PATH_PLACEHOLDER, RANK_FIELD_MISSING
 */
export function tensorboardSettings(
  options: TensorboardOptions,
  rank: ResolvedRank,
  gateKeys: readonly string[],
  cwd?: string,
): TensorboardSettings {
  check.rejectUnknownKeys(options, [...keys, ...gateKeys])
  const { logdir, runDirectory = 'runs', attemptFolder = false, group, purgeStep, simpleValue = false } = options
  if (logdir !== undefined && options.runDirectory !== undefined)
    throw check.invalid('runDirectory', 'no runDirectory beside logdir', runDirectory, 'give one of them')
  const together = !check.flag('attemptFolder', attemptFolder)
  if (logdir === undefined) jobKey(rank, { package: packageName, at: 'option "runDirectory"' }) // the ranks can agree on one
  return {
    folder:
      logdir === undefined
        ? {
            base: pathOption(check, 'runDirectory', trimSeparators(runDirectory), rank, { cwd }),
            rank: together ? { ...rank, attempt: 0 } : rank,
          }
        : { logdir: pathOption(check, 'logdir', trimSeparators(logdir), rank, { cwd, attemptFolder }) },
    group: check.optionalText('group', group),
    simpleValue: check.flag('simpleValue', simpleValue),
    purgeStep: purgeStep === undefined ? undefined : check.wholeNumber('purgeStep', purgeStep, 0, 2 ** 53 - 1),
    ...metricFileSettings(check, options),
  }
}

/** @throws {RankError} PATH_PLACEHOLDER if several of `ranks` would write the same run */
export function checkTensorboardRanks(ranks: RankSetInput, rank: ResolvedRank, options: TensorboardOptions): void {
  const { logdir, runDirectory = 'runs' } = options
  const [option, template] = logdir === undefined ? ['runDirectory', runDirectory] : ['logdir', logdir]
  const fix = `write for example "${trimSeparators(template)}/rank-{rank}", or let one rank write (ranks "0")`
  checkOwnPlace({ package: packageName, at: `option "${option}"`, template: String(template), fix }, ranks, rank)
}

/** A folder may be written with a `/` behind it. */
function trimSeparators(path: unknown): unknown {
  return typeof path === 'string' ? path.replace(/(?<=.)[/\\]+$/, '') : path
}
