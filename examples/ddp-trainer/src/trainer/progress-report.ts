import type { Progress } from './progress.ts'
import type { Trainer } from './trainer.ts'

/** Called on rank 0, at most once in 100 ms, and after each epoch. */
export type ReportProgress = (progress: Progress) => void

const intervalMs = 100

/** Reports the progress of a fit from rank 0. */
export class ProgressReport {
  readonly #trainer: Trainer
  readonly #batches: number
  readonly #onProgress: ReportProgress
  #startTime = 0
  #lastTime = 0

  constructor(trainer: Trainer, batches: number, onProgress: ReportProgress) {
    this.#trainer = trainer
    this.#batches = batches
    this.#onProgress = onProgress
  }

  start(): void {
    this.#startTime = performance.now()
  }

  /** @param batch number of the batches of the epoch that are done; undefined means that the epoch is done */
  report(batch?: number): void {
    const now = performance.now()
    if (!this.#trainer.isGlobalZero) return
    if (batch !== undefined && now - this.#lastTime < intervalMs) return
    this.#lastTime = now
    const { currentEpoch: epoch, maxEpochs, globalStep, progressBarMetrics: metrics } = this.#trainer
    const batches = this.#batches
    const stepsPerSecond = globalStep / ((now - this.#startTime) / 1000)
    const epochDone = batch === undefined
    this.#onProgress({ epoch, maxEpochs, batch: batch ?? batches, batches, epochDone, stepsPerSecond, metrics })
  }
}
