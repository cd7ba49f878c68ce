import { ModelCheckpoint, type SaveMoment } from '../checkpoints/model-checkpoint.ts'
import type { Batch } from '../data/data-loader.ts'
import type { Row } from '../metrics/metrics.ts'
import { writeRow } from '../metrics/write-row.ts'
import type { LoopProgress } from '../progress/progress-report.ts'
import { countBatches, type LoadedBatch, loadBatches } from './batches.ts'
import { CurrentPosition } from './current-position.ts'
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
  readonly #position: CurrentPosition
  #progress!: LoopProgress
  #hasWarned = false

  constructor(context: LoopContext) {
    const { trainer, options, collectives } = context
    this.#context = context
    this.#validation = new EvaluationLoop(context, 'validation', trainer.valDataloaders)
    this.#batches = countBatches(trainer.trainDataloader, collectives, options.limitTrainBatches, 'limitTrainBatches')
    this.#schedule = new ValidationSchedule(options, this.#batches)
    this.#logEveryNSteps = options.logEveryNSteps ?? 50
    this.#position = new CurrentPosition(context, this.#validation, this.#batches)
  }

  async run(): Promise<void> {
    const { trainer, module, hooks, metrics, interrupt } = this.#context
    await hooks.call('onFitStart')
    if (module.hparams && trainer.isGlobalZero)
      for (const logger of trainer.loggers) logger.logHyperparams(module.hparams)
    await this.#sanityCheck()
    if (this.#batches < this.#logEveryNSteps)
      trainer.warn(`an epoch has ${this.#batches} batches, fewer than logEveryNSteps (${this.#logEveryNSteps})`)
    metrics.startStage('train')
    await hooks.call('onTrainStart')
    if (trainer.ckptPath !== undefined && this.#isDone())
      trainer.warn(
        `nothing is left to train: the checkpoint ${trainer.ckptPath} has ${count(trainer.currentEpoch, 'epoch')} and ${count(trainer.globalStep, 'step')}`,
      )
    const stopListening = interrupt.listen()
    try {
      while (this.#batches > 0 && !this.#isDone()) await this.#epoch()
      await interrupt.check()
    } finally {
      stopListening()
    }
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
    const { trainer, hooks, metrics, strategy } = this.#context
    const position = this.#position
    const isContinued = position.isStarted
    this.#progress = this.#context.progress.start('train', this.#batches)
    metrics.startStage('train', { isContinued })
    if (!isContinued) await hooks.call('onTrainEpochStart')
    else if (position.remaining !== 'nothing') await this.#endBatch()
    position.isStarted = true
    if (!isContinued || !this.#isDone()) await this.#trainBatches()
    position.endEpoch()
    await strategy.verify(`after epoch ${trainer.currentEpoch}`)
    metrics.endBatches()
    await metrics.reduce(position.step - 1)
    await hooks.call('onTrainEpochEnd')
    await metrics.reduce(position.step - 1)
    this.#writeRow(metrics.row(), position.step - 1)
    metrics.clearEpoch()
    this.#progress.end()
    await this.#save('epoch')
    trainer.currentEpoch++
    position.startEpoch()
    await this.#context.interrupt.endIfAgreed()
  }

  async #trainBatches(): Promise<void> {
    const { trainer, strategy, collectives, interrupt } = this.#context
    const position = this.#position
    const options = {
      epoch: trainer.currentEpoch,
      shard: collectives,
      count: this.#batches,
      start: position.batches,
      dispose: (batch: Batch) => strategy.dispose(batch),
    }
    for (let done = 0; done < position.batches; done++) this.#progress.endBatch()
    for await (const batch of loadBatches(trainer.trainDataloader, options)) {
      await this.#batch(batch)
      this.#progress.endBatch()
      if (!batch.isLast) await interrupt.endIfAgreed()
      if (this.#isDone()) break
    }
  }

  async #batch({ index, batch, size, isLast }: LoadedBatch): Promise<void> {
    const { hooks, metrics, options } = this.#context
    const { accumulateGradBatches = 1 } = options
    metrics.startBatch(size)
    await hooks.call('onTrainBatchStart', batch, index)
    await this.#backward(batch, index)
    if (isLast || (index + 1) % accumulateGradBatches === 0) await this.#optimizerStep()
    this.#position.endBackward()
    await metrics.reduce(this.#position.step)
    await hooks.call('onTrainBatchEnd', batch, index)
    await this.#endBatch()
  }

  /** Does what remains after the last batch. A resumed fit also begins with this. */
  async #endBatch(): Promise<void> {
    const { trainer, metrics, interrupt } = this.#context
    const position = this.#position
    const isStepping = position.accumulated === 0
    let isValidated = position.remaining === 'step'
    if (position.remaining === 'row') {
      await metrics.reduce(position.step)
      const row = metrics.endBatch()
      const every = this.#logEveryNSteps
      const isLogged = every > 0 && ((position.step + 1) % every === 0 || trainer.shouldStop)
      if (isStepping && isLogged) this.#writeRow(row, position.step)
      position.remaining = 'validation'
    }
    if (position.remaining === 'validation' && this.#schedule.isDue(trainer, position.batches - 1)) {
      if (this.#validation.isEnabled) {
        await interrupt.endIfAgreed()
        await this.#progress.exclude(() => position.validate())
        metrics.startStage('train', { isContinued: true })
        isValidated = true
      }
    }
    position.endBatch()
    if (isStepping) await this.#save('step')
    if (isValidated) await this.#save('validation')
  }

  async #backward(batch: Batch, index: number): Promise<void> {
    const { hooks, module, strategy } = this.#context
    this.#position.isInBatch = true
    strategy.backward(() => {
      const loss = hooks.run('trainingStep', () => module.trainingStep(batch, index))
      if (this.#position.accumulated === 0) hooks.callSync('onBeforeZeroGrad')
      hooks.callSync('onBeforeBackward')
      return loss
    })
    this.#position.accumulated++
    await hooks.call('onAfterBackward')
  }

  async #optimizerStep(): Promise<void> {
    const { trainer, hooks, strategy, options, interrupt } = this.#context
    const { gradientClipVal: maxValue, gradientClipAlgorithm: algorithm = 'norm' } = options
    const what = `averages the gradients at step ${trainer.globalStep}`
    await interrupt.exchange(() => strategy.averageGradients(this.#position.accumulated, what))
    await hooks.call('onBeforeOptimizerStep')
    strategy.optimizerStep(maxValue === undefined ? undefined : { maxValue, algorithm })
    this.#position.accumulated = 0
    trainer.globalStep++
  }

  /** Lets each `ModelCheckpoint` save. All rows until here are written, so a resumed fit writes none of them again. */
  async #save(moment: SaveMoment): Promise<void> {
    for (const callback of this.#context.options.callbacks ?? [])
      if (callback instanceof ModelCheckpoint) await callback.saveIfDue(this.#context, moment)
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

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`
}
