import type { Batch } from '../data/data-loader.ts'
import type { Row } from '../metrics/metrics.ts'
import { writeRow } from '../metrics/write-row.ts'
import type { LoopProgress } from '../progress/progress-report.ts'
import { countBatches, type LoadedBatch, loadBatches } from './batches.ts'
import { EvaluationLoop } from './evaluation-loop.ts'
import type { LoopContext } from './loop-context.ts'
import { ValidationSchedule } from './validation-schedule.ts'

/** Runs a fit on one rank: the epochs and batches, the hooks, and the rows of metrics. */
export class FitLoop {
  readonly #context: LoopContext
  readonly #validation: EvaluationLoop
  readonly #batches: number
  readonly #schedule: ValidationSchedule
  readonly #logEveryNSteps: number
  #progress!: LoopProgress
  /** Number of batches whose gradients wait for an optimizer step. */
  #accumulated = 0
  /** Number of the step that the rows have. It is increased after the validation that follows a step. */
  #step: number
  #hasWarned = false

  constructor(context: LoopContext) {
    const { trainer, options, collectives } = context
    this.#context = context
    this.#step = trainer.globalStep
    this.#validation = new EvaluationLoop(context, 'validation', trainer.valDataloaders)
    this.#batches = countBatches(trainer.trainDataloader, collectives, options.limitTrainBatches, 'limitTrainBatches')
    this.#schedule = new ValidationSchedule(options, this.#batches)
    this.#logEveryNSteps = options.logEveryNSteps ?? 50
  }

  async run(): Promise<void> {
    const { trainer, module, hooks, metrics } = this.#context
    await hooks.call('onFitStart')
    if (module.hparams && trainer.isGlobalZero)
      for (const logger of trainer.loggers) logger.logHyperparams(module.hparams)
    await this.#sanityCheck()
    if (this.#batches < this.#logEveryNSteps)
      trainer.warn(`an epoch has ${this.#batches} batches, fewer than logEveryNSteps (${this.#logEveryNSteps})`)
    metrics.startStage('train')
    await hooks.call('onTrainStart')
    while (this.#batches > 0 && !this.#isDone()) await this.#epoch()
    await hooks.call('onTrainEnd')
    await hooks.call('onFitEnd')
  }

  async #sanityCheck(): Promise<void> {
    const { trainer, hooks, metrics, options } = this.#context
    const { numSanityValSteps: checkedBatches = 0 } = options
    if (checkedBatches === 0 || trainer.ckptPath !== undefined || !this.#validation.isEnabled) return
    trainer.sanityChecking = true
    try {
      await hooks.call('onSanityCheckStart')
      await this.#validation.run({ checkedBatches })
      await hooks.call('onSanityCheckEnd')
    } finally {
      trainer.sanityChecking = false
    }
    metrics.clear()
  }

  async #epoch(): Promise<void> {
    const { trainer, hooks, metrics, strategy, collectives } = this.#context
    this.#progress = this.#context.progress.start('train', this.#batches)
    metrics.startStage('train')
    await hooks.call('onTrainEpochStart')
    const { currentEpoch: epoch } = trainer
    const dispose = (batch: Batch) => strategy.dispose(batch)
    for await (const batch of loadBatches(trainer.trainDataloader, {
      epoch,
      shard: collectives,
      count: this.#batches,
      dispose,
    })) {
      await this.#batch(batch)
      this.#progress.endBatch()
      if (this.#isDone()) break
    }
    this.#context.isEpochDone = true
    await strategy.verify(`after epoch ${epoch}`)
    metrics.endBatches()
    await metrics.reduce(this.#step - 1)
    await hooks.call('onTrainEpochEnd')
    await metrics.reduce(this.#step - 1)
    this.#writeRow(metrics.row(), this.#step - 1)
    metrics.clearEpoch()
    this.#progress.end()
    trainer.currentEpoch++
    this.#context.isEpochDone = false
  }

  async #batch({ index, batch, size, isLast }: LoadedBatch): Promise<void> {
    const { trainer, hooks, metrics, options } = this.#context
    const { accumulateGradBatches = 1 } = options
    const isStepping = isLast || (index + 1) % accumulateGradBatches === 0
    metrics.startBatch(size)
    await hooks.call('onTrainBatchStart', batch, index)
    await this.#backward(batch, index)
    if (isStepping) await this.#optimizerStep()
    this.#context.isEpochDone = isLast
    await metrics.reduce(this.#step)
    await hooks.call('onTrainBatchEnd', batch, index)
    await metrics.reduce(this.#step)
    const row = metrics.endBatch()
    const every = this.#logEveryNSteps
    const isLogged = every > 0 && ((this.#step + 1) % every === 0 || trainer.shouldStop)
    if (isStepping && isLogged) this.#writeRow(row, this.#step)
    if (this.#schedule.isDue(trainer, index) && this.#validation.isEnabled) {
      await this.#progress.exclude(() => this.#validation.run({ step: this.#step }))
      metrics.startStage('train', { isContinued: true })
    }
    if (isStepping) this.#step++
  }

  async #backward(batch: Batch, index: number): Promise<void> {
    const { hooks, module, strategy } = this.#context
    strategy.backward(() => {
      const loss = hooks.run('trainingStep', () => module.trainingStep(batch, index))
      if (this.#accumulated === 0) hooks.callSync('onBeforeZeroGrad')
      hooks.callSync('onBeforeBackward')
      return loss
    })
    this.#accumulated++
    await hooks.call('onAfterBackward')
  }

  async #optimizerStep(): Promise<void> {
    const { trainer, hooks, strategy, options } = this.#context
    const { gradientClipVal: maxValue, gradientClipAlgorithm: algorithm = 'norm' } = options
    await strategy.averageGradients(this.#accumulated, `averages the gradients at step ${trainer.globalStep}`)
    await hooks.call('onBeforeOptimizerStep')
    strategy.optimizerStep(maxValue === undefined ? undefined : { maxValue, algorithm })
    this.#accumulated = 0
    trainer.globalStep++
  }

  /** Writes a row. Warns once if a value is not finite, because the loss is not checked otherwise. */
  #writeRow(row: Row, step: number): void {
    const { trainer, options } = this.#context
    writeRow(trainer, row, step, trainer.currentEpoch)
    const [name, value] = Object.entries(row).find(([, value]) => !Number.isFinite(value)) ?? []
    if (name === undefined || this.#hasWarned || options.detectAnomaly) return
    this.#hasWarned = true
    trainer.warn(
      `${name} is ${value} at step ${step}. ` +
        'With detectAnomaly: true the fit ends at the first loss or gradient that is not finite',
    )
  }

  #isDone(): boolean {
    const { trainer, options } = this.#context
    const { maxSteps = Number.POSITIVE_INFINITY } = options
    const hasMoreEpochs = trainer.maxEpochs < 0 || trainer.currentEpoch < trainer.maxEpochs
    return trainer.shouldStop || trainer.globalStep >= maxSteps || !hasMoreEpochs
  }
}
