import type { EpochShape, FitPosition, FitState } from '../checkpoints/fit-state.ts'
import type { EvaluationLoop } from './evaluation-loop.ts'
import type { LoopContext } from './loop-context.ts'

/** How far a fit is in its epoch. A checkpoint saves it, and a resumed fit starts with it. */
export class CurrentPosition {
  isStarted = false
  batches = 0
  remaining: FitPosition['remaining'] = 'nothing'
  accumulated = 0
  step: number
  /** True between the gradients of a batch and its optimizer step, where nothing can be saved. */
  isInBatch = false
  readonly #context: LoopContext
  readonly #validation: EvaluationLoop
  readonly #epoch: EpochShape
  /** The state when the validation started: one that is interrupted is repeated. */
  #beforeValidation: { batches: number[]; random: number } | undefined
  #isEpochDone = false
  /** The state before the last epoch ended early, because of `maxSteps` or `shouldStop`. */
  #stateAtStop: FitState | undefined

  constructor(context: LoopContext, validation: EvaluationLoop, batchesOfEpoch: number) {
    this.#context = context
    this.#validation = validation
    this.#epoch = {
      batchesOfEpoch,
      batchSize: context.trainer.trainDataloader.batchSizeOf(context.collectives.worldSize),
      accumulateGradBatches: context.options.accumulateGradBatches ?? 1,
    }
    this.step = context.trainer.globalStep
    context.fitState = () => this.#state()
    if (context.resumed) this.#resume(context.resumed.position)
  }

  /** The gradients of a batch are computed and, if it is due, the optimizer step is done. */
  endBackward(): void {
    this.isInBatch = false
    this.batches++
    this.remaining = 'row'
  }

  async validate(): Promise<void> {
    this.#beforeValidation = { batches: [...this.#validation.batchesDone], random: this.#context.random.state }
    await this.#validation.run({ step: this.step })
  }

  /** Nothing remains of the last batch. */
  endBatch(): void {
    if (this.remaining !== 'nothing' && this.accumulated === 0) this.step++
    this.remaining = 'nothing'
    this.#beforeValidation = undefined
  }

  /** No batch follows in this epoch. */
  endEpoch(): void {
    if (this.batches < this.#epoch.batchesOfEpoch) this.#stateAtStop = this.#state()
    this.#isEpochDone = true
  }

  startEpoch(): void {
    this.isStarted = false
    this.batches = 0
    this.#isEpochDone = false
  }

  #state(): FitState {
    if (this.isInBatch)
      throw new Error(
        'Trainer: a checkpoint cannot be saved between the gradients of a batch and its optimizer step; save in onTrainBatchEnd',
      )
    if (this.#stateAtStop) return this.#stateAtStop
    const { trainer, metrics, random } = this.#context
    const isValidated = this.#beforeValidation !== undefined && this.#validation.isEnding
    const before = isValidated ? undefined : this.#beforeValidation
    const position: FitPosition = {
      isStarted: this.isStarted && !this.#isEpochDone,
      batches: this.#isEpochDone ? 0 : this.batches,
      remaining: isValidated ? 'step' : this.remaining,
      accumulated: this.accumulated,
      step: this.step,
      validationBatches: before?.batches ?? [...this.#validation.batchesDone],
      ...this.#epoch,
    }
    const { views, train } = metrics.save()
    const currentEpoch = trainer.currentEpoch + (this.#isEpochDone ? 1 : 0)
    const saved = { views, train: this.#isEpochDone ? [] : train }
    return { currentEpoch, position, metrics: saved, random: before?.random ?? random.state }
  }

  /** Starts with the position of a checkpoint. Starts the epoch again if it has other batches or optimizer steps now. */
  #resume(position: FitPosition): void {
    const { resumed, trainer, metrics, collectives, strategy } = this.#context
    const { isStarted, batches, remaining, accumulated, step, validationBatches } = position
    const { batchesOfEpoch, batchSize, accumulateGradBatches } = this.#epoch
    const worldSize = resumed?.worldSize
    const isSame =
      worldSize === collectives.worldSize &&
      position.batchesOfEpoch === batchesOfEpoch &&
      position.batchSize === batchSize &&
      position.accumulateGradBatches === accumulateGradBatches
    if (isSame || !isStarted) this.#validation.batchesDone = [...validationBatches]
    if (isSame && resumed?.rank?.metrics) metrics.restore(resumed.rank.metrics)
    if (isSame && resumed?.rank?.gradients) strategy.writeGradients?.(resumed.rank.gradients)
    if (isSame) Object.assign(this, { isStarted, batches, remaining, accumulated, step })
    else if (isStarted)
      trainer.warn(
        `the checkpoint ${trainer.ckptPath} was saved after ${batches} of ${position.batchesOfEpoch} batches of an epoch, with ` +
          `${settings(worldSize, position)}, but here an epoch has ${batchesOfEpoch} batches, with ` +
          `${settings(collectives.worldSize, this.#epoch)}; epoch ${trainer.currentEpoch} starts again`,
      )
  }
}

function settings(worldSize: number | undefined, { batchSize, accumulateGradBatches }: EpochShape): string {
  return `worldSize ${worldSize}, batchSize ${batchSize} and accumulateGradBatches ${accumulateGradBatches}`
}
