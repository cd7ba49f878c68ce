import type { DataLoader } from '../data/data-loader.ts'
import { rejectUnknownOptions, text } from '../options/known-options.ts'
import type { ProgressStyle } from '../progress/progress.ts'
import type { Accelerator } from '../tensorflow/backend.ts'
import type { Callback, Task } from './callback.ts'
import type { Logger } from './pino-logger.ts'
import type { Strategy } from './strategy.ts'

export interface TrainerOptions {
  /**
   * 'auto' uses the first backend of tfjs-node-gpu, tfjs-node, WASM and JavaScript that works. 'gpu' also logs a warning if it does not
   * compute on a GPU. 'cpu' leaves out tfjs-node-gpu. 'wasm' uses only WASM, and a fit rejects if it does not work. @default 'auto'
   */
  accelerator?: Accelerator
  /** Number of ranks to start, each a process. Under a launcher (torchrun, mpirun, …) the launcher decides. @default 1 */
  devices?: number
  /**
   * Number of hosts, each with `devices` ranks, for a check: the constructor throws if the launcher has started another number of
   * ranks, or if there is no launcher. @default no check
   */
  numNodes?: number
  /** How ranks work together. 'ddp' averages the gradients of TensorFlow.js over the ranks. @default 'ddp' */
  strategy?: 'ddp' | Strategy
  /** Number of epochs; -1 has no limit. @default 1, or -1 if `maxSteps` is given */
  maxEpochs?: number
  /** Number of optimizer steps after which the training ends, even within an epoch. @default no limit */
  maxSteps?: number
  /** Callbacks, whose hooks run on every rank. @default none */
  callbacks?: readonly Callback[]
  /**
   * The loggers, or a function that returns them and is called on each rank but not in their parent. False logs nothing.
   * @default logs rank 0 to stdout
   */
  logger?: Logger | readonly Logger[] | (() => Logger | readonly Logger[]) | false
  /** Number of optimizer steps between two rows of step metrics. 0 logs none. @default 50 */
  logEveryNSteps?: number
  /** How the progress is shown on stderr. @default 'bar' on a terminal, otherwise 'lines' */
  progressBar?: ProgressStyle
  /** Number of batches whose gradients are averaged before an optimizer step. @default 1 */
  accumulateGradBatches?: number
  /** Limit of the gradients; see `gradientClipAlgorithm`. @default no limit */
  gradientClipVal?: number
  /** 'norm' scales all gradients so that their norm is within the limit; 'value' cuts each number. @default 'norm' */
  gradientClipAlgorithm?: 'norm' | 'value'
  /** Batches between two validations: a fraction of the epoch if it is below 1, else a number of batches. @default the epoch */
  valCheckInterval?: number
  /** Epochs between two validations. With null `valCheckInterval` counts batches across epochs. @default 1 */
  checkValEveryNEpoch?: number | null
  /**
   * Number of validation batches that are tried before the training: none if the fit has a `ckptPath`. Their metrics are discarded.
   * @default 0
   */
  numSanityValSteps?: number
  /** Training batches of an epoch: a fraction if it is below 1, else a number of batches. @default all */
  limitTrainBatches?: number
  /** Batches of each validation loader, as for training. @default all */
  limitValBatches?: number
  /** Batches of each test loader, as for training. @default all */
  limitTestBatches?: number
  /** Batches of each loader for predictions, as for training. @default all */
  limitPredictBatches?: number
  /** Time in ms that the other ranks have to make the call in which a rank waits for them. @default 10 minutes */
  syncTimeoutMs?: number
  /**
   * A rank counts as hung if nothing arrives from it for `hangTimeoutMs`, or for four times the longest time that the waiting rank's own
   * event loop did not turn, if that is longer. In ms. @default 7 s
   */
  hangTimeoutMs?: number
  /**
   * Size of the buckets in which 'ddp' averages the gradients, in MiB. A larger parameter has a bucket of its own. The
   * ranks must have the same. @default 25
   */
  bucketCapMb?: number
  /**
   * True ends the fit at the first loss or gradient that is not finite, with an error that names the rank, the step and
   * the parameter. It reads all gradients, so it slows down each step. @default false
   */
  detectAnomaly?: boolean
  /**
   * Time in ms that the ranks have after the first SIGINT or SIGTERM, to agree on a batch and to save `last.ckpt`. Then they end as at a
   * second signal. @default 30 s
   */
  saveTimeoutMs?: number
  /** Whole number that decides the numbers of `trainer.random()`. @default 0 */
  seed?: number
  /** False does not average the gradients; the check after the first epoch then rejects. @default true */
  syncGradients?: boolean
}

/** Options of `fit`, `validate`, `test` and `predict`. */
export interface TaskOptions {
  /**
   * Path of a checkpoint that `saveCheckpoint` wrote, or 'best' or 'last' for one of the `ModelCheckpoint`. Every rank reads it after
   * `setup`. A fit continues from it; the other tasks restore only the parameters. @default starts anew
   */
  ckptPath?: string
}

/** Checks the arguments of a task. Returns the `ckptPath`. */
export function checkTask(task: Task, loaders: readonly unknown[], options: TaskOptions = {}): string | undefined {
  const wrong = loaders.find((loader) => typeof (loader as Partial<DataLoader> | undefined)?.indices !== 'function')
  if (loaders.includes(wrong)) throw new TypeError(`Trainer.${task}: the data must be a DataLoader, not ${text(wrong)}`)
  rejectUnknownOptions(`Trainer.${task}`, options, { ckptPath: true })
  return options.ckptPath
}

/** The longest time of a timer of Node. */
const maxTimerMs = 2 ** 31 - 1

/** Options that are counts, each with its minimum. */
const counts = {
  devices: 1,
  numNodes: 1,
  maxEpochs: -1,
  maxSteps: 0,
  logEveryNSteps: 0,
  accumulateGradBatches: 1,
  checkValEveryNEpoch: 1,
  numSanityValSteps: 0,
} as const

/** All options, so that others are rejected. */
const names: Record<keyof Required<TrainerOptions>, true> = {
  accelerator: true,
  devices: true,
  numNodes: true,
  strategy: true,
  maxEpochs: true,
  maxSteps: true,
  callbacks: true,
  logger: true,
  logEveryNSteps: true,
  progressBar: true,
  accumulateGradBatches: true,
  gradientClipVal: true,
  gradientClipAlgorithm: true,
  valCheckInterval: true,
  checkValEveryNEpoch: true,
  numSanityValSteps: true,
  limitTrainBatches: true,
  limitValBatches: true,
  limitTestBatches: true,
  limitPredictBatches: true,
  syncTimeoutMs: true,
  hangTimeoutMs: true,
  bucketCapMb: true,
  detectAnomaly: true,
  saveTimeoutMs: true,
  seed: true,
  syncGradients: true,
}

/** Checks what does not depend on the loaders. @throws {RangeError} if an option has a wrong value, or does not exist */
export function checkOptions(options: TrainerOptions): void {
  rejectUnknownOptions('Trainer', options, names)
  const { callbacks = [], logger = false } = options
  if (!Array.isArray(callbacks))
    throw new RangeError(`Trainer: callbacks must be an array of callbacks, not ${text(callbacks)}`)
  if (logger !== false && typeof logger !== 'object' && typeof logger !== 'function')
    throw new RangeError(
      `Trainer: logger must be a logger, an array of loggers, a function that returns them, or false, not ${text(logger)}`,
    )
  for (const name of ['detectAnomaly', 'syncGradients'] as const) {
    const { [name]: flag = false } = options
    if (typeof flag !== 'boolean') throw new RangeError(`Trainer: ${name} must be true or false, not ${text(flag)}`)
  }
  for (const [name, minimum] of Object.entries(counts)) {
    const value = options[name as keyof typeof counts] ?? minimum
    if (!(Number.isInteger(value) && value >= minimum))
      throw new RangeError(`Trainer: ${name} must be a whole number >= ${minimum}, not ${text(value)}`)
  }
  const { accelerator = 'auto', strategy = 'ddp', progressBar = 'bar' } = options
  const { seed = 0 } = options
  if (!Number.isInteger(seed)) throw new RangeError(`Trainer: seed must be a whole number, not ${text(seed)}`)
  const { gradientClipVal = 1, gradientClipAlgorithm = 'norm' } = options
  if (!['auto', 'cpu', 'gpu', 'wasm'].includes(accelerator))
    throw new RangeError(`Trainer: accelerator must be 'auto', 'gpu', 'cpu' or 'wasm', not '${accelerator}'`)
  for (const name of ['syncTimeoutMs', 'hangTimeoutMs', 'saveTimeoutMs'] as const) {
    const { [name]: ms = 1 } = options
    if (!(ms > 0 && ms <= maxTimerMs))
      throw new RangeError(`Trainer: ${name} must be > 0 and at most ${maxTimerMs}, not ${text(ms)}`)
  }
  if (typeof strategy === 'string' && strategy !== 'ddp')
    throw new RangeError(`Trainer: strategy must be 'ddp' or a Strategy, not '${strategy}'`)
  if (typeof gradientClipVal !== 'number' || !(gradientClipVal > 0))
    throw new RangeError(`Trainer: gradientClipVal must be a number > 0, not ${text(gradientClipVal)}`)
  if (!['bar', 'lines', 'none'].includes(progressBar))
    throw new RangeError(`Trainer: progressBar must be 'bar', 'lines' or 'none', not '${progressBar}'`)
  if (!['norm', 'value'].includes(gradientClipAlgorithm))
    throw new RangeError(`Trainer: gradientClipAlgorithm must be 'norm' or 'value', not '${gradientClipAlgorithm}'`)
  const { bucketCapMb = 1 } = options
  if (!(bucketCapMb > 0)) throw new RangeError(`Trainer: bucketCapMb must be > 0, not ${text(bucketCapMb)}`)
}
