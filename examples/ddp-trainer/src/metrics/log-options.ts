/** How the values of an epoch, and with `syncDist` those of the ranks, become one. */
export type ReduceFx = 'mean' | 'min' | 'max' | 'sum'

export interface LogOptions {
  /** True logs the value in the row of its step. @default true in the hooks of a training batch */
  onStep?: boolean
  /** True logs one value for the epoch, by `reduceFx`. @default true in all other hooks */
  onEpoch?: boolean
  /** True shows the value next to the progress bar. @default false */
  progBar?: boolean
  /** False keeps the value from the loggers; callbacks and the progress bar have it. @default true */
  logger?: boolean
  /** The mean is weighted by batch size; the others are not. @default 'mean' */
  reduceFx?: ReduceFx
  /**
   * True reduces the value over all ranks, so all ranks must log it: after each batch for `onStep`, after the epoch for `onEpoch`. False
   * uses the value of rank 0. @default false in training. In validation and tests, the value of the epoch is reduced if all ranks logged it
   */
  syncDist?: boolean
  /** Weight of this value in the mean of the epoch. @default number of samples in the batch; 1 in a hook without a batch */
  batchSize?: number
  /** True if only rank 0 logs this value. It is never reduced over the ranks. @default false */
  rankZeroOnly?: boolean
  /** False leaves out `/dataloader_idx_N`, which names get if there are several loaders. @default true */
  addDataloaderIdx?: boolean
}

/** A loop that has metrics. */
export type Stage = 'train' | 'validation' | 'test'

/** The options of a metric with their defaults. They must be the same in each call. */
export interface MetricSettings {
  readonly onStep: boolean
  readonly onEpoch: boolean
  readonly progBar: boolean
  readonly logger: boolean
  readonly reduceFx: ReduceFx
  /** When the metric is reduced over the ranks. 'if all log' concerns only the value of the epoch. */
  readonly sync: 'never' | 'always' | 'if all log'
  readonly addDataloaderIdx: boolean
}

/** The hooks in which log() may be called, each with its default. A hook with 'epoch only' has no step to log on. */
const hooks = new Map<string, 'step' | 'epoch' | 'epoch only'>()
for (const hook of ['trainingStep', 'onTrainBatchStart', 'onTrainBatchEnd', 'onBeforeZeroGrad', 'onBeforeBackward'])
  hooks.set(hook, 'step')
for (const hook of ['onAfterBackward', 'onBeforeOptimizerStep']) hooks.set(hook, 'step')
for (const hook of ['onTrainStart', 'onTrainEpochStart', 'onTrainEpochEnd']) hooks.set(hook, 'epoch only')
for (const stage of ['Validation', 'Test']) {
  hooks.set(`${stage.toLowerCase()}Step`, 'epoch')
  for (const moment of ['BatchStart', 'BatchEnd']) hooks.set(`on${stage}${moment}`, 'epoch')
  for (const moment of ['Start', 'EpochStart', 'EpochEnd']) hooks.set(`on${stage}${moment}`, 'epoch only')
}

/**
 * Checks a call of log(), and returns its options with the defaults of its hook.
 *
 * @throws {Error} if the hook, the name or the options are not allowed
 */
export function metricSettings(
  name: string,
  options: LogOptions,
  { hook, stage, worldSize }: { hook: string; stage: Stage | undefined; worldSize: number },
): MetricSettings {
  const kind = hooks.get(hook)
  const { onStep = kind === 'step', onEpoch = kind !== 'step', addDataloaderIdx = true, rankZeroOnly = false } = options
  const { progBar = false, logger = true, reduceFx = 'mean', syncDist } = options
  const reject = (why: string): never => {
    throw new Error(`log('${name}') in ${hook}: ${why}`)
  }
  if (typeof name !== 'string') reject('the name must be a string')
  if (!kind || !stage) reject('not allowed in this hook; write to trainer.logger.experiment instead')
  if (!onStep && !onEpoch) reject('onStep and onEpoch are both false, so nothing would be written')
  if (kind === 'epoch only' && (onStep || !onEpoch))
    reject('this hook has no step; set onEpoch: true and onStep: false')
  if (!['mean', 'min', 'max', 'sum'].includes(reduceFx))
    reject(`reduceFx must be 'mean', 'min', 'max' or 'sum', not ${String(reduceFx)}`)
  if (addDataloaderIdx && name.includes('/dataloader_idx_'))
    reject('the name must not contain /dataloader_idx_, which is added to it; or set addDataloaderIdx: false')
  const isSynced = syncDist ?? (stage === 'train' || !onEpoch ? false : 'if all log')
  const sync = worldSize === 1 || rankZeroOnly || !isSynced ? 'never' : isSynced === true ? 'always' : isSynced
  return { onStep, onEpoch, progBar, logger, reduceFx, sync, addDataloaderIdx }
}

/** Reports whether two calls have the same options, except `batchSize`, which may differ. */
export function sameOptions(one: LogOptions, other: LogOptions): boolean {
  return (
    one.onStep === other.onStep &&
    one.onEpoch === other.onEpoch &&
    one.progBar === other.progBar &&
    one.logger === other.logger &&
    one.reduceFx === other.reduceFx &&
    one.syncDist === other.syncDist &&
    one.rankZeroOnly === other.rankZeroOnly &&
    one.addDataloaderIdx === other.addDataloaderIdx
  )
}

/** Reports whether two calls have the same settings. */
export function sameSettings(one: MetricSettings, other: MetricSettings): boolean {
  return (Object.keys(one) as (keyof MetricSettings)[]).every((key) => one[key] === other[key])
}
