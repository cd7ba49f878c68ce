import { setImmediate } from 'node:timers/promises'
import * as tf from '@tensorflow/tfjs'
import type { Batch } from '../data/data-loader.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Ring } from '../ranks/ring.ts'
import { Replica } from '../tensorflow/replica.ts'
import type { Callback, Hook } from './callback.ts'
import type { Module } from './module.ts'
import type { Progress } from './progress.ts'
import type { Trainer } from './trainer.ts'

const progressIntervalMs = 100

export interface FitLoopOptions {
  ring: Ring
  metrics: Metrics
  callbacks: readonly Callback[]
  logEveryNSteps: number
  syncGradients: boolean
  /** Called on rank 0, at most once in `progressIntervalMs`, and after each epoch. */
  onProgress(progress: Progress): void
}

/** Runs a fit on one rank: the epochs and batches, the hooks, and the rows of metrics. */
export class FitLoop {
  readonly #trainer: Trainer
  readonly #module: Module
  readonly #options: FitLoopOptions
  readonly #optimizer: tf.Optimizer
  readonly #parameters: tf.Variable[]
  readonly #replica: Replica
  #startTime = 0
  #lastProgressTime = 0
  #validationBatches = 0

  constructor(trainer: Trainer, module: Module, options: FitLoopOptions) {
    this.#trainer = trainer
    this.#module = module
    this.#options = options
    this.#optimizer = module.configureOptimizers()
    this.#parameters = module.parameters()
    this.#replica = new Replica(options.ring, this.#parameters)
  }

  async run(): Promise<void> {
    await this.#replica.broadcast()
    await this.#replica.verify('at the start')
    await this.#hook('onFitStart')
    await this.#hook('onTrainStart')
    this.#startTime = performance.now()
    for (; this.#trainer.currentEpoch < this.#trainer.maxEpochs; this.#trainer.currentEpoch++) {
      await this.#hook('onTrainEpochStart')
      await this.#trainEpoch()
      await this.#validationEpoch()
      await this.#replica.verify(`after epoch ${this.#trainer.currentEpoch}`)
      await this.#hook('onTrainEpochEnd')
      this.#writeRow(this.#options.metrics.takeEpoch('train'))
      this.#reportProgress(true)
    }
    await this.#hook('onTrainEnd')
    await this.#hook('onFitEnd')
  }

  async #trainEpoch(): Promise<void> {
    const { metrics, logEveryNSteps } = this.#options
    for (const [index, batch] of this.#batches(this.#trainer.trainDataloader)) {
      await this.#hook('onTrainBatchStart', batch, index)
      await this.#step(batch, index)
      await this.#hook('onTrainBatchEnd', batch, index)
      const row = metrics.takeStep('train')
      if (this.#trainer.globalStep % logEveryNSteps === 0) this.#writeRow(row)
      this.#reportProgress(false, index + 1)
      await setImmediate() // a single rank has no other await that lets the event loop turn
    }
  }

  async #step(batch: Batch, index: number): Promise<void> {
    const { metrics, syncGradients } = this.#options
    metrics.hook = 'trainingStep'
    const { value, grads } = tf.variableGrads(() => this.#module.trainingStep(batch, index), this.#parameters)
    value.dispose()
    const gradients = syncGradients ? await this.#replica.average(grads) : grads
    await this.#hook('onBeforeOptimizerStep')
    this.#optimizer.applyGradients(gradients)
    tf.dispose(gradients)
    this.#trainer.globalStep++
  }

  async #validationEpoch(): Promise<void> {
    const { metrics } = this.#options
    const { valDataloader } = this.#trainer
    if (!valDataloader || !this.#module.validationStep) return
    await this.#hook('onValidationStart')
    await this.#hook('onValidationEpochStart')
    for (const [index, batch] of this.#batches(valDataloader)) {
      metrics.hook = 'validationStep'
      tf.tidy(() => {
        this.#module.validationStep?.(batch, index)
      })
      this.#writeRow(metrics.takeStep('validation'), this.#validationBatches++)
      await setImmediate()
    }
    await this.#hook('onValidationEpochEnd')
    await this.#hook('onValidationEnd')
    this.#writeRow(metrics.takeEpoch('validation'))
  }

  /** Yields this rank's batches. Disposes of each when the next one is requested. */
  *#batches(loader: Trainer['trainDataloader']): Generator<[index: number, batch: Batch]> {
    let index = 0
    for (const indices of loader.indices(this.#trainer.currentEpoch, this.#options.ring)) {
      const batch = loader.dataset.batch(indices)
      this.#options.metrics.batchSize = indices.length
      yield [index++, batch]
      tf.dispose(batch)
    }
  }

  /** Calls a hook of all callbacks, then of the module. */
  async #hook(name: Hook, ...batch: [] | [Batch, number]): Promise<void> {
    const args = batch as [Batch, number] // hooks without a batch ignore them
    this.#options.metrics.hook = name
    for (const callback of this.#options.callbacks) await callback[name]?.(this.#trainer, this.#module, ...args)
    await this.#module[name]?.(...args)
  }

  /** Logs a row with the last step and the epoch. The row of a validation batch has the number of that batch, and no epoch. */
  #writeRow(metrics: Record<string, number>, validationBatch?: number): void {
    if (Object.keys(metrics).length === 0) return
    const { logger, globalStep, currentEpoch } = this.#trainer
    if (validationBatch === undefined) logger.logMetrics(metrics, globalStep - 1, currentEpoch)
    else logger.logMetrics(metrics, validationBatch)
  }

  #reportProgress(epochDone: boolean, batch?: number): void {
    const now = performance.now()
    if (!this.#trainer.isGlobalZero) return
    if (!epochDone && now - this.#lastProgressTime < progressIntervalMs) return
    this.#lastProgressTime = now
    const { currentEpoch: epoch, maxEpochs, worldSize, globalStep, trainDataloader } = this.#trainer
    const batches = trainDataloader.count(worldSize)
    const stepsPerSecond = globalStep / ((now - this.#startTime) / 1000)
    const { bar: metrics } = this.#options.metrics
    this.#options.onProgress({ epoch, maxEpochs, batch: batch ?? batches, batches, epochDone, stepsPerSecond, metrics })
  }
}
