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
  /**
   * Folder of the run. `tensorboard --logdir` takes this folder or one above it. May have placeholders such as `{runKey}` and
   * `{rank}`. @default a run directory
   */
  logdir?: string
  /** Folder in which each run gets a directory `version_N`, if there is no `logdir`. @default 'runs' */
  runDirectory?: string
  /** True gives each restart of the job a folder `attempt-N/` or a run directory. @default false: it continues the same run */
  attemptFolder?: boolean
}

/** {@link TensorboardOptions}, checked, with defaults filled in. */
export interface TensorboardSettings extends MetricFileSettings, RunEventsOptions {
  folder: { logdir: string } | RunDirectorySetting
}

/** The declaration of the sink. A rank that is gated out loads only this module, so it must not import anything that writes. */
export const rank: MetricRank<TensorboardOptions, TensorboardSettings> = metricRank({
  package: 'pino-tensorboard',
  keys: ['logdir', 'runDirectory', 'attemptFolder', ...metricFileKeys, 'group', 'purgeStep', 'simpleValue'],
  settings(check, options, rank, cwd) {
    const { logdir, runDirectory = 'runs', attemptFolder: given = false } = options
    const { group, purgeStep, simpleValue = false } = options
    if (logdir !== undefined && options.runDirectory !== undefined)
      throw check.invalid('runDirectory', 'no runDirectory together with logdir', runDirectory, 'remove one of them')
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

/** Removes separators at the end of the path of a folder. */
function trimSeparators(path: unknown): unknown {
  return typeof path === 'string' ? path.replace(/(?<=.)[/\\]+$/, '') : path
}
