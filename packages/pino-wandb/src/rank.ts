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

/** Options of `pino-wandb`, all structured-cloneable. Texts may hold placeholders: `{runKey}`, `{rank}` and others. */
export interface WandbOptions extends MetricFileOptions {
  /** The folder in which `wandb/offline-run-…` is made. @default WANDB_DIR, or the working directory */
  dir?: string
  /** @default WANDB_PROJECT, or what `wandb sync` says */
  project?: string
  /** User or team. @default WANDB_ENTITY, or that of the key which `wandb sync` uses */
  entity?: string
  /** The run's name, which is for people. @default W&B gives one */
  name?: string
  /** The run's id, which is for W&B: letters, digits, `_` and `-`. @default 8 random ones */
  id?: string
  /** Continues the run that `id` names. @default false; true for a restart of the job where `id` is given */
  resume?: boolean
  /** Puts runs together, e.g. those of the ranks of one job: `'{runKey}'`. @default none */
  group?: string
  /** What the run does in its group, e.g. `'rank'`. @default none */
  jobType?: string
  tags?: string[]
  notes?: string
  /** The metric that a record's step is kept as, and all others are shown over. @default 'trainer/global_step' */
  stepMetric?: string
  /** Make the log's lines the run's console output. @default false */
  console?: boolean
}

/** The same, checked and complete. */
export interface WandbSettings extends MetricFileSettings, OfflineRunOptions {
  dir: string
}

/** The options, and which ranks write: rank 0 alone, unless the target says otherwise. Loads nothing that writes. */
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
      throw check.invalid('resume', 'an id with it', resume, 'name the run to continue')
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
    // each upload of an id replaces the one before
    const fix = `write for example "${id}-{rank}", or leave it out, or let one rank write (ranks "0")`
    return { at: 'option "id"', template: String(id), fix }
  },
  exit: true,
})

/** As W&B's own are. */
function randomId(): string {
  return Array.from({ length: 8 }, () => Math.floor(36 * Math.random()).toString(36)).join('')
}
