import { type RunDirectorySetting, runDirectoryOption } from 'pino-rank/sink'
import {
  folderOption,
  type MetricFileOptions,
  type MetricFileSettings,
  type MetricRank,
  metricFileKeys,
  metricFileSettings,
  metricRank,
} from 'pino-rank-metrics/options'
import type { RunEventsOptions } from './run-events.ts'

/** Options of `pino-tensorboard`, all structured-cloneable. */
export interface TensorboardOptions extends MetricFileOptions, RunEventsOptions {
  /** The run's folder: `tensorboard --logdir` takes it or one above. May hold placeholders: `{runKey}`, `{rank}` and others. */
  logdir?: string
  /** A folder in which each run gets a directory of its own, `version_N`. @default 'runs', where there is no `logdir` */
  runDirectory?: string
  /** Give each restart of the job a folder `attempt-N/`, or a run directory. @default false: the restart continues the same run */
  attemptFolder?: boolean
}

/** The same, checked and complete. */
export interface TensorboardSettings extends MetricFileSettings, RunEventsOptions {
  folder: { logdir: string } | RunDirectorySetting
}

/** The options, and which ranks write: rank 0 alone, unless the target says otherwise. Loads nothing that writes. */
export const rank: MetricRank<TensorboardOptions, TensorboardSettings> = metricRank({
  package: 'pino-tensorboard',
  keys: ['logdir', 'runDirectory', 'attemptFolder', ...metricFileKeys, 'group', 'purgeStep', 'simpleValue'],
  settings(check, options, rank, cwd) {
    const { logdir, runDirectory = 'runs', attemptFolder: given = false } = options
    const { group, purgeStep, simpleValue = false } = options
    if (logdir !== undefined && options.runDirectory !== undefined)
      throw check.invalid('runDirectory', 'no runDirectory together with logdir', runDirectory, 'give one of them')
    const attemptFolder = check.flag('attemptFolder', given)
    return {
      folder:
        logdir === undefined
          ? runDirectoryOption(check, runDirectory, rank, { cwd, attemptFolder })
          : { logdir: folderOption(check, 'logdir', trimSeparators(logdir), rank, { cwd, attemptFolder }) },
      group: check.optionalText('group', group),
      simpleValue: check.flag('simpleValue', simpleValue),
      purgeStep: purgeStep === undefined ? undefined : check.wholeNumber('purgeStep', purgeStep, 0, 2 ** 53 - 1),
      ...metricFileSettings(check, options),
    }
  },
  ownPlace({ logdir, runDirectory = 'runs' }) {
    const [option, template] = logdir === undefined ? ['runDirectory', runDirectory] : ['logdir', logdir]
    return {
      at: `option "${option}"`,
      template: String(template),
      fix: `write for example "${trimSeparators(template)}/rank-{rank}", or let one rank write (ranks "0")`,
    }
  },
  exit: true,
})

/** A folder may be written with a `/` behind it. */
function trimSeparators(path: unknown): unknown {
  return typeof path === 'string' ? path.replace(/(?<=.)[/\\]+$/, '') : path
}
