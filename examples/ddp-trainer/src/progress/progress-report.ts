import type { Row } from '../metrics/metrics.ts'
import type { Trainer } from '../trainer/trainer.ts'
import type { Progress, ProgressStage } from './progress.ts'

/** Minimum time between two reports, unless an epoch or a task is complete. */
const intervalMs = 100

/** Reports the progress of the loops, on rank 0. */
export class ProgressReport {
  readonly #trainer: Trainer
  readonly #onProgress: (progress: Progress) => void
  #lastTime = Number.NEGATIVE_INFINITY

  constructor(trainer: Trainer, onProgress: (progress: Progress) => void) {
    this.#trainer = trainer
    this.#onProgress = onProgress
  }

  /** Starts an epoch or an evaluation. @param counts number of batches of each loader */
  start(stage: Exclude<ProgressStage, 'sanity check'>, ...counts: number[]): LoopProgress {
    const batches = counts.reduce((sum, count) => sum + count, 0)
    return new LoopProgress(this, this.#trainer.sanityChecking ? 'sanity check' : stage, batches)
  }

  /** Reports a loop. @param metrics of a task that is complete */
  report(loop: Pick<Progress, 'stage' | 'batch' | 'batches' | 'elapsedMs' | 'isDone'>, metrics?: Row): void {
    const now = performance.now()
    if (!this.#trainer.isGlobalZero || (!loop.isDone && now - this.#lastTime < intervalMs)) return
    this.#lastTime = now
    const { task, currentEpoch: epoch, maxEpochs, progressBarMetrics } = this.#trainer
    const isEvaluationInFit = task === 'fit' && loop.stage !== 'train' // the line of the epoch has the metrics
    this.#onProgress({ ...loop, epoch, maxEpochs, metrics: metrics ?? (isEvaluationInFit ? {} : progressBarMetrics) })
  }
}

/** The batches and the clock of an epoch or an evaluation. */
export class LoopProgress {
  readonly #report: ProgressReport
  readonly #stage: ProgressStage
  readonly #batches: number
  #batch = 0
  #startTime: number = performance.now()

  constructor(report: ProgressReport, stage: ProgressStage, batches: number) {
    this.#report = report
    this.#stage = stage
    this.#batches = batches
    this.#send(false)
  }

  endBatch(): void {
    this.#batch++
    this.#send(false)
  }

  /** @param metrics of a task; by default those with `progBar` */
  end(metrics?: Row): void {
    this.#send(true, metrics)
  }

  /** Runs a function and leaves its time out of `elapsedMs`. */
  async exclude(run: () => Promise<unknown>): Promise<void> {
    const start = performance.now()
    await run()
    this.#startTime += performance.now() - start
  }

  #send(isDone: boolean, metrics?: Row): void {
    const [stage, batch, batches] = [this.#stage, this.#batch, this.#batches]
    this.#report.report({ stage, batch, batches, elapsedMs: performance.now() - this.#startTime, isDone }, metrics)
  }
}
