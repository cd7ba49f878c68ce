import type * as tf from '@tensorflow/tfjs'

export interface LogOptions {
  /** Write it with the row of the step. @default true in the hooks of a training batch */
  onStep?: boolean
  /** Write its mean over the epoch, weighted by batch size. @default true in all other hooks */
  onEpoch?: boolean
  /** Show it beside the progress bar. @default false */
  progBar?: boolean
  /** Weight of this value in the epoch's mean. @default rows of the current batch */
  batchSize?: number
}

/** Where log() may be called: per step or per epoch by default; 'epoch only' has no step to log on. */
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

/** Values of one stage that are logged and not yet written. */
class Pending {
  step: Row = {}
  epoch = new Map<string, { sum: number; weight: number; progBar: boolean }>()
}

/** What rank 0 logs between two rows: Lightning's semantics, values in float32. */
export class Metrics {
  /** The hook that runs now and the rows of its batch; the loop sets them. */
  hook = 'no hook'
  batchSize = 1
  /** The latest values for the progress bar. */
  readonly bar: Row = {}
  readonly #pending = { train: new Pending(), validation: new Pending() }
  readonly #options = new Map<string, string>()

  log(name: string, value: number | tf.Tensor, options: LogOptions = {}): void {
    const kind = hooks[this.hook as keyof typeof hooks]
    const { onStep = kind === 'step', onEpoch = kind !== 'step', progBar = false, batchSize = this.batchSize } = options
    if (!kind) this.#refuse(name, `allowed only in ${Object.keys(hooks).join(', ')}`)
    if (!onStep && !onEpoch) this.#refuse(name, 'onStep and onEpoch are both false: nothing would be written')
    if (kind === 'epoch only' && (onStep || !onEpoch)) this.#refuse(name, 'there is no step here: onEpoch alone')
    this.#keepOptions(name, [onStep, onEpoch, progBar].join())

    const pending = this.#pending[/validation/i.test(this.hook) ? 'validation' : 'train']
    const scalar = Math.fround(this.#read(name, value))
    const forked = onStep && onEpoch
    if (onStep) {
      const key = forked ? `${name}_step` : name
      pending.step[key] = scalar
      if (progBar) this.bar[key] = scalar
    }
    if (onEpoch) {
      const key = forked ? `${name}_epoch` : name
      const { sum, weight } = pending.epoch.get(key) ?? { sum: 0, weight: 0 }
      pending.epoch.set(key, { sum: sum + scalar * batchSize, weight: weight + batchSize, progBar })
    }
  }

  /** The values of this step; the next one starts empty. */
  takeStep(stage: 'train' | 'validation'): Row {
    const { step } = this.#pending[stage]
    this.#pending[stage].step = {}
    return step
  }

  /** The means of this epoch; the next one starts empty. */
  takeEpoch(stage: 'train' | 'validation'): Row {
    const means: Row = {}
    for (const [key, { sum, weight, progBar }] of this.#pending[stage].epoch) {
      means[key] = Math.fround(sum / weight)
      if (progBar) this.bar[key] = means[key]
    }
    this.#pending[stage].epoch.clear()
    return means
  }

  #keepOptions(name: string, options: string): void {
    const call = `${this.hook} ${name}`
    if ((this.#options.get(call) ?? options) !== options) this.#refuse(name, 'options differ from an earlier call')
    this.#options.set(call, options)
  }

  #read(name: string, value: number | tf.Tensor): number {
    if (typeof value === 'number') return value
    if (value?.size !== 1) this.#refuse(name, 'expected a number or a tensor of one element')
    return value.dataSync()[0] as number
  }

  #refuse(name: string, why: string): never {
    throw new Error(`log('${name}') in ${this.hook}: ${why}`)
  }
}
