import type { TrainerOptions } from './trainer-options.ts'

/** Decides after which training batches a validation runs. */
export class ValidationSchedule {
  readonly #interval: number
  readonly #everyNEpochs: number | null
  readonly #batchesOfEpoch: number

  /** @throws {RangeError} if the interval is longer than an epoch and does not count across epochs */
  constructor(
    { valCheckInterval, checkValEveryNEpoch = 1 }: Pick<TrainerOptions, 'valCheckInterval' | 'checkValEveryNEpoch'>,
    batches: number,
  ) {
    const interval = valCheckInterval ?? batches
    if (!(interval >= 0 && (interval < 1 || Number.isInteger(interval))))
      throw new RangeError(
        `Trainer: valCheckInterval must be a number of batches, or a fraction below 1, not ${interval}`,
      )
    if (interval > batches && checkValEveryNEpoch !== null)
      throw new RangeError(
        `Trainer: valCheckInterval is ${interval}, but an epoch has ${batches} batches; set checkValEveryNEpoch: null`,
      )
    this.#interval = interval < 1 ? Math.max(1, Math.floor(batches * interval)) : interval
    this.#everyNEpochs = checkValEveryNEpoch
    this.#batchesOfEpoch = batches
  }

  /** Reports whether a validation is due after a training batch. If the training was asked to stop, it is. */
  isDue({ currentEpoch, shouldStop }: { currentEpoch: number; shouldStop: boolean }, batchIdx: number): boolean {
    const batchesBefore = this.#everyNEpochs === null ? currentEpoch * this.#batchesOfEpoch : 0
    if (this.#everyNEpochs !== null && (currentEpoch + 1) % this.#everyNEpochs !== 0) return false
    return shouldStop || (batchesBefore + batchIdx + 1) % this.#interval === 0
  }
}
