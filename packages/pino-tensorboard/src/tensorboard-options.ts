import { checkOwnPlace, jobKey, type RankSetInput, type ResolvedRank, rejectUnknownKeys } from 'pino-rank/sink'
import { OptionChecks } from 'pino-rank-metrics/sink'
import type { RunEventsOptions } from './run-events.ts'

/** Options of `pino-tensorboard`, all structured-cloneable. */
export interface TensorboardOptions extends RunEventsOptions {
  /** The run's folder: `tensorboard --logdir` takes it or one above. May hold placeholders: `{runKey}`, `{rank}` and others. */
  logdir?: string
  /** A folder in which each run gets a directory of its own, `version_N`. @default 'runs', where there is no `logdir` */
  runDirectory?: string
  /** Give each restart of the job a folder `attempt-N/`, or a run directory. @default false: it goes on in the same run */
  attemptFolder?: boolean
  /** The logger's own `nestedKey`, if it has one. Metric records are read below this key. @default none */
  nestedKey?: string
  /** Longest age of a value that waits, in ms. @default 2000 */
  flushMs?: number
  /** What may wait in memory while the disk fails, in bytes. @default 16777216 */
  queueBytes?: number
  /** Permission bits of a new file, before the umask. @default 0o640 */
  mode?: number
}

const keys = [
  'logdir',
  'runDirectory',
  'attemptFolder',
  'nestedKey',
  'flushMs',
  'queueBytes',
  'mode',
  'group',
  'purgeStep',
  'simpleValue',
]

const from = 'pino-tensorboard'
const check = new OptionChecks(from)

/** The same, checked and complete. */
export interface TensorboardSettings extends RunEventsOptions {
  folder: { logdir: string } | { base: string; rank: ResolvedRank }
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
export function tensorboardSettings(
  options: TensorboardOptions,
  rank: ResolvedRank,
  beside: readonly string[],
  cwd?: string,
): TensorboardSettings {
  rejectUnknownKeys(from, options, [...keys, ...beside])
  const { logdir, runDirectory = 'runs', attemptFolder = false, group, purgeStep, simpleValue = false } = options
  const { flushMs = 2000, queueBytes = 2 ** 24, mode = 0o640 } = options
  if (logdir !== undefined && options.runDirectory !== undefined)
    throw check.invalid('runDirectory', 'no runDirectory beside logdir', runDirectory, 'give one of them')
  const together = !check.flag('attemptFolder', attemptFolder)
  if (logdir === undefined) jobKey(rank, { package: from, at: 'option "runDirectory"' }) // the ranks can agree on one
  return {
    folder:
      logdir === undefined
        ? {
            base: check.path('runDirectory', trimmed(runDirectory), rank, { cwd }),
            rank: together ? { ...rank, attempt: 0 } : rank,
          }
        : { logdir: check.path('logdir', trimmed(logdir), rank, { cwd, attemptFolder }) },
    nestedKey: check.optionalText('nestedKey', options.nestedKey),
    flushMs: check.whole('flushMs', flushMs, 1, 2 ** 31 - 1),
    queueBytes: check.whole('queueBytes', queueBytes, 2 ** 16, 2 ** 31),
    mode: check.whole('mode', mode, 0, 0o777),
    group: check.optionalText('group', group),
    simpleValue: check.flag('simpleValue', simpleValue),
    purgeStep: purgeStep === undefined ? undefined : check.whole('purgeStep', purgeStep, 0, 2 ** 53 - 1),
  }
}

/** @throws {RankError} PATH_PLACEHOLDER if several of `ranks` would write the same run */
export function checkTensorboardRanks(ranks: RankSetInput, rank: ResolvedRank, options: TensorboardOptions): void {
  const { logdir, runDirectory = 'runs' } = options
  const [option, template] = logdir === undefined ? ['runDirectory', runDirectory] : ['logdir', logdir]
  const fix = `write for example "${trimmed(template)}/rank-{rank}", or let one rank write (ranks "0")`
  checkOwnPlace({ package: from, at: `option "${option}"`, template: String(template), fix }, ranks, rank)
}

/** A folder may be written with a `/` behind it. */
function trimmed(path: unknown): unknown {
  return typeof path === 'string' ? path.replace(/(?<=.)[/\\]+$/, '') : path
}
