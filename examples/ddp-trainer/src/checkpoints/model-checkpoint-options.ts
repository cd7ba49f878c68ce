import { rejectUnknownOptions } from '../options/known-options.ts'
import { checkTemplate } from './checkpoint-name.ts'

export interface ModelCheckpointOptions {
  /** Folder of the files, or a function that returns it and is called on rank 0. It is created if it is missing. */
  folder: string | (() => string)
  /** The metric that decides which checkpoints are the best, by its name in `trainer.callbackMetrics`. @default none */
  monitor?: string
  /** 'min' if a smaller value is better, else 'max'. @default 'min' */
  mode?: 'min' | 'max'
  /**
   * Number of best checkpoints to keep. 0 keeps none and -1 keeps all. Without `monitor`, 1 keeps the latest, and larger numbers are
   * not allowed.
   * @default 1 with `monitor`, else 0
   */
  saveTopK?: number
  /** True also saves `last.ckpt` each time. @default true */
  saveLast?: boolean
  /**
   * Name of the files that `saveTopK` keeps, without `.ckpt`. Fields are `{epoch}`, `{step}` and metrics, also with a format:
   * `{val_loss:.2f}`, `{epoch:03d}`. If a kept file has this name, the new one ends in `-v1`. @default '{epoch}-{step}'
   */
  filename?: string
  /** True writes the name of each field before its value: `epoch=1-step=8`. @default true */
  autoInsertMetricName?: boolean
  /** Number of epochs between two saves. Not with `everyNTrainSteps`. @default 1 */
  everyNEpochs?: number
  /** Number of optimizer steps between two saves, which are then not made after epochs. @default none */
  everyNTrainSteps?: number
  /**
   * True saves at the end of an epoch, false after each validation.
   * @default false if there is a `monitor` and validations are not exactly at the end of each epoch
   */
  saveOnTrainEpochEnd?: boolean
}

/** The options with their defaults. */
export type ModelCheckpointSettings = ModelCheckpointOptions &
  Required<Pick<ModelCheckpointOptions, 'mode' | 'saveTopK' | 'saveLast' | 'filename' | 'everyNEpochs'>>

/** All options, so that others are rejected. */
const names: Record<keyof Required<ModelCheckpointOptions>, true> = {
  folder: true,
  monitor: true,
  mode: true,
  saveTopK: true,
  saveLast: true,
  filename: true,
  autoInsertMetricName: true,
  everyNEpochs: true,
  everyNTrainSteps: true,
  saveOnTrainEpochEnd: true,
}

/** Adds the defaults. @throws {RangeError} if an option has a wrong value, or if two options exclude each other */
export function readOptions(options: ModelCheckpointOptions): ModelCheckpointSettings {
  rejectUnknownOptions('ModelCheckpoint', options, names)
  const { folder, monitor, everyNEpochs, everyNTrainSteps, mode = 'min', filename = '{epoch}-{step}' } = options
  const { saveTopK = monitor === undefined ? 0 : 1, saveLast = true } = options
  if (typeof folder !== 'string' && typeof folder !== 'function')
    throw new RangeError(`ModelCheckpoint: folder must be a path, or a function that returns one, not ${folder}`)
  if (monitor !== undefined && (typeof monitor !== 'string' || monitor === ''))
    throw new RangeError(`ModelCheckpoint: monitor must be the name of a metric, not '${monitor}'`)
  if (mode !== 'min' && mode !== 'max')
    throw new RangeError(`ModelCheckpoint: mode must be 'min' or 'max', not '${mode}'`)
  for (const [name, value] of Object.entries({ everyNEpochs, everyNTrainSteps }))
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new RangeError(`ModelCheckpoint: ${name} must be a whole number >= 1, not ${value}`)
  if (everyNEpochs !== undefined && everyNTrainSteps !== undefined)
    throw new RangeError('ModelCheckpoint: everyNEpochs and everyNTrainSteps exclude each other; remove one of the two')
  if (!(Number.isInteger(saveTopK) && saveTopK >= -1))
    throw new RangeError(`ModelCheckpoint: saveTopK must be -1 or a whole number >= 0, not ${saveTopK}`)
  if (monitor === undefined && saveTopK > 1)
    throw new RangeError(`ModelCheckpoint: saveTopK is ${saveTopK}, but there is no monitor; set monitor to a metric`)
  if (saveTopK === 0 && !saveLast)
    throw new RangeError(
      'ModelCheckpoint: saveTopK is 0 and saveLast is false, so nothing is saved; change one of them',
    )
  checkTemplate(filename)
  if (filename === 'last')
    throw new RangeError("ModelCheckpoint: filename must not be 'last', because saveLast writes last.ckpt")
  // without a metric, the step is the score: the latest checkpoint is the best
  const settings = { mode: monitor === undefined ? ('max' as const) : mode, everyNEpochs: everyNEpochs ?? 1 }
  return { ...options, ...settings, saveTopK, saveLast, filename }
}
