import {
  folderOption,
  type MetricFileOptions,
  type MetricFileSettings,
  type MetricRank,
  metricFileKeys,
  metricFileSettings,
  metricRank,
  textOption,
} from 'pino-rank-metrics/options'
import type { OfflineRunOptions } from './offline-run.ts'

/**
 * Options of `pino-wandb`, all structured-cloneable. `dir`, `id`, `name`, `group` and `jobType` may have placeholders such as
 * `{runKey}` and `{rank}`.
 */
export interface WandbOptions extends MetricFileOptions {
  /** Folder in which `wandb/offline-run-…` is created. @default WANDB_DIR, or the working directory */
  dir?: string
  /** Project that the run is uploaded to. @default WANDB_PROJECT, or the project that `wandb sync` chooses */
  project?: string
  /** User or team that the run is uploaded to. @default WANDB_ENTITY, or the owner of the API key of `wandb sync` */
  entity?: string
  /** Display name of the run. @default W&B chooses one */
  name?: string
  /** Id of the run: at most 64 letters, digits, `_` and `-`. @default 8 random characters */
  id?: string
  /** True continues the run with this `id`. @default false; true for a restart of the job if `id` is given */
  resume?: boolean
  /** Group of runs, for example those of one job: `'{runKey}'`. @default none */
  group?: string
  /** The role of the run in its group, for example `'rank'`. @default none */
  jobType?: string
  /** Tags of the run. @default none */
  tags?: string[]
  /** Notes on the run. @default none */
  notes?: string
  /** Name of the metric that holds the step of a record. It is the x axis of all other metrics. @default 'trainer/global_step' */
  stepMetric?: string
  /** True writes the lines of the log as the run's console output. @default false */
  console?: boolean
}

/** {@link WandbOptions}, checked, with defaults filled in. */
export interface WandbSettings extends MetricFileSettings, OfflineRunOptions {
  dir: string
}

/** The declaration of the sink. A rank that is gated out loads only this module, so it must not import anything that writes. */
export const rank: MetricRank<WandbOptions, WandbSettings> = metricRank({
  package: 'pino-wandb',
  keys: [
    ...(['dir', 'project', 'entity', 'name', 'id', 'resume', 'group', 'jobType', 'tags', 'notes'] as const),
    ...(['stepMetric', 'console'] as const),
    ...metricFileKeys,
  ],
  settings(check, options, rank, cwd) {
    const { WANDB_DIR, WANDB_PROJECT, WANDB_ENTITY } = process.env
    const { dir = WANDB_DIR || '.', project = WANDB_PROJECT || undefined, entity = WANDB_ENTITY || undefined } = options
    const { stepMetric = 'trainer/global_step' } = options
    const { console = false, resume = Boolean(rank.attempt) && options.id !== undefined } = options
    const { tags = [] } = options
    const filled = (option: 'id' | 'name' | 'group' | 'jobType') =>
      options[option] === undefined ? undefined : textOption(check, option, options[option], rank)
    const id = filled('id') ?? randomId()
    if (!/^[\w-]{1,64}$/.test(id)) throw check.invalid('id', 'at most 64 letters, digits, _ and -', id)
    if (resume && options.id === undefined)
      throw check.invalid('resume', 'true only together with id', resume, 'set id to the run to continue')
    if (!Array.isArray(tags) || !tags.every((tag) => typeof tag === 'string'))
      throw check.invalid('tags', 'a list of texts', tags)
    return {
      dir: folderOption(check, 'dir', `${check.text('dir', dir)}/wandb`, rank, { cwd }),
      id,
      project: check.optionalText('project', project),
      entity: check.optionalText('entity', entity),
      name: filled('name'),
      group: filled('group'),
      jobType: filled('jobType'),
      notes: check.optionalText('notes', options.notes),
      tags,
      resume: check.flag('resume', resume),
      stepMetric: check.text('stepMetric', stepMetric),
      console: check.flag('console', console),
      ...metricFileSettings(check, options),
    }
  },
  ownPlace({ id }) {
    if (id === undefined) return undefined // each run gets an id of its own
    // an upload replaces an earlier upload with the same id
    const fix = `write for example "${id}-{rank}", or omit it, or let one rank write (ranks "0")`
    return { at: 'option "id"', template: String(id), fix }
  },
  exit: true,
})

/** Returns an id in the form of W&B's own ids. */
function randomId(): string {
  return Array.from({ length: 8 }, () => Math.floor(36 * Math.random()).toString(36)).join('')
}
