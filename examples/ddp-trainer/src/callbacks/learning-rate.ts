import { Callback } from '../trainer/callback.ts'
import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import { MonitorCallback } from './monitor-callback.ts'
import type { PatienceOptions } from './patience.ts'

/** Sets the learning rate before each batch, from the epoch and the number of completed steps. */
export class LearningRateSchedule extends Callback {
  readonly #rate: (epoch: number, step: number) => number

  /** @param rate must return the same on all ranks */
  constructor(rate: (epoch: number, step: number) => number) {
    super()
    this.#rate = rate
  }

  override onTrainBatchStart(trainer: Trainer): void {
    trainer.learningRate = this.#rate(trainer.currentEpoch, trainer.globalStep)
  }
}

export interface ReduceOnPlateauOptions extends PatienceOptions {
  /** The rate is multiplied by it. Above 0 and below 1. @default 0.1 */
  factor?: number
  /** The smallest rate. @default 0 */
  minRate?: number
}

/** Reduces the learning rate when a metric does not become better. It is checked after each validation. Rank 0 decides for all. */
export class ReduceOnPlateau extends MonitorCallback {
  readonly #factor: number
  readonly #minRate: number

  /** @throws {RangeError} if an option has a wrong value */
  constructor(options: ReduceOnPlateauOptions) {
    super('ReduceOnPlateau', options, { factor: true, minRate: true })
    const { factor = 0.1, minRate = 0 } = options
    if (!(factor > 0 && factor < 1))
      throw new RangeError(`ReduceOnPlateau: factor must be above 0 and below 1, not ${factor}`)
    if (!(Number.isFinite(minRate) && minRate >= 0))
      throw new RangeError(`ReduceOnPlateau: minRate must be a number >= 0, not ${minRate}`)
    this.#factor = factor
    this.#minRate = minRate
  }

  override async onValidationEnd(trainer: Trainer, _module: Module): Promise<void> {
    if (trainer.sanityChecking || trainer.task !== 'fit') return
    const isDue = trainer.isGlobalZero && this.patience.check(trainer.callbackMetrics)
    if (await trainer.broadcast(isDue))
      trainer.learningRate = Math.max(this.#minRate, trainer.learningRate * this.#factor)
  }
}
