import type * as tf from '@tensorflow/tfjs'

export interface LogOptions {
  /** True logs the value in the row of its step. @default true in the hooks of a training batch */
  onStep?: boolean
  /** True logs the mean over the epoch, weighted by batch size. @default true in all other hooks */
  onEpoch?: boolean
  /** True shows the value next to the progress bar. @default false */
  progBar?: boolean
  /** Weight of this value in the mean of the epoch. @default number of samples in the current batch */
  batchSize?: number
}

/** The hooks in which log() may be called, each with its default. A hook with 'epoch only' has no step to log on. */
const hooks = {
  trainingStep: 'step',
  onTrainBatchStart: 'step',
  onBeforeOptimizerStep: 'step',
  onTrainBatchEnd: 'step',
  validationStep: 'epoch',
  onTrainStart: 'epoch only',
  onTrainEpochStart: 'epoch only',
  onTrainEpochEnd: 'epoch only',
  onValidationStart: 'epoch only',
  onValidationEpochStart: 'epoch only',
  onValidationEpochEnd: 'epoch only',
} as const

type Row = Record<string, number>

/** The values of one stage that are not in a row yet. */
class Pending {
  step: Row = {}
  epoch = new Map<string, { sum: number; weight: number; progBar: boolean }>()
}

/** Collects the metrics of rank 0 into rows, by the rules of Lightning. Values are float32. */
export class Metrics {
  /** Name of the hook that is running. Set by the fit loop. */
  hook = 'no hook'
  /** Number of samples in the current batch. Set by the fit loop. */
  batchSize = 1
  /** The latest values for the progress bar. */
  readonly bar: Row = {}
  readonly #pending = { train: new Pending(), validation: new Pending() }
  readonly #options = new Map<string, string>()

  /** Adds a value. @throws {Error} if the hook does not allow these options */
  log(name: string, value: number | tf.Tensor, options: LogOptions = {}): void {
    const kind = hooks[this.hook as keyof typeof hooks]
    const { onStep = kind === 'step', onEpoch = kind !== 'step', progBar = false, batchSize = this.batchSize } = options
    if (!kind) this.#reject(name, `allowed only in ${Object.keys(hooks).join(', ')}`)
    if (!onStep && !onEpoch) this.#reject(name, 'onStep and onEpoch are both false: nothing would be written')
    if (kind === 'epoch only' && (onStep || !onEpoch))
      this.#reject(name, 'there is no step here: set onEpoch: true and onStep: false')
    this.#checkOptions(name, [onStep, onEpoch, progBar].join())

    const pending = this.#pending[/validation/i.test(this.hook) ? 'validation' : 'train']
    const scalar = Math.fround(this.#read(name, value))
    const hasBoth = onStep && onEpoch
    if (onStep) {
      const key = hasBoth ? `${name}_step` : name
      pending.step[key] = scalar
      if (progBar) this.bar[key] = scalar
    }
    if (onEpoch) {
      const key = hasBoth ? `${name}_epoch` : name
      const { sum, weight } = pending.epoch.get(key) ?? { sum: 0, weight: 0 }
      pending.epoch.set(key, { sum: sum + scalar * batchSize, weight: weight + batchSize, progBar })
    }
  }

  /** Returns the values of this step, and starts the next one without values. */
  takeStep(stage: 'train' | 'validation'): Row {
    const { step } = this.#pending[stage]
    this.#pending[stage].step = {}
    return step
  }

  /** Returns the means of this epoch, and starts the next one without values. */
  takeEpoch(stage: 'train' | 'validation'): Row {
    const means: Row = {}
    for (const [key, { sum, weight, progBar }] of this.#pending[stage].epoch) {
      means[key] = Math.fround(sum / weight)
      if (progBar) this.bar[key] = means[key]
    }
    this.#pending[stage].epoch.clear()
    return means
  }

  #checkOptions(name: string, options: string): void {
    const call = `${this.hook} ${name}`
    if ((this.#options.get(call) ?? options) !== options) this.#reject(name, 'options differ from an earlier call')
    this.#options.set(call, options)
  }

  #read(name: string, value: number | tf.Tensor): number {
    if (typeof value === 'number') return value
    if (value?.size !== 1) this.#reject(name, 'expected a number or a tensor of one element')
    return value.dataSync()[0] as number
  }

  #reject(name: string, why: string): never {
    throw new Error(`log('${name}') in ${this.hook}: ${why}`)
  }
}
