import type { Batch, DataLoader, Shard } from '../data/data-loader.ts'
import type { Row } from '../metrics/metrics.ts'
import { writeRow } from '../metrics/write-row.ts'
import { countBatches, type LoadedBatch, loadBatches } from './batches.ts'
import type { LoopContext } from './loop-context.ts'

type Evaluation = 'validation' | 'test' | 'predict'

const names = { validation: 'Validation', test: 'Test', predict: 'Predict' } as const
const limits = { validation: 'limitValBatches', test: 'limitTestBatches', predict: 'limitPredictBatches' } as const

/** Number of validation batches, of all loaders together, after which the ranks of a fit look for a signal. This takes a message between them. */
const batchesBetweenChecks = 10

export interface EvaluationOptions {
  /** Step of the row of the epoch. */
  step?: number
  /** Number of batches of each loader, for a check of the code before a fit: nothing is written, and the metrics are discarded. */
  checkedBatches?: number
}

/** Runs validation, test or prediction over all loaders. */
export class EvaluationLoop {
  /** What `predictStep` returned for each batch of each loader. */
  readonly predictions: unknown[][] = []
  readonly #context: LoopContext
  readonly #evaluation: Evaluation
  readonly #loaders: readonly DataLoader[]
  /** Number of batches of each loader that were evaluated before: the step of their rows. A resumed fit sets it. */
  batchesDone: number[] = []
  /** True when all rows are written, and only the hook at the end of the evaluation remains. */
  isEnding = false

  constructor(context: LoopContext, evaluation: Evaluation, loaders: readonly DataLoader[]) {
    this.#context = context
    this.#evaluation = evaluation
    this.#loaders = loaders
  }

  /** False if there is nothing to evaluate. */
  get isEnabled(): boolean {
    return this.#context.module[`${this.#evaluation}Step`] !== undefined && this.#counts().some((count) => count > 0)
  }

  /** Returns the metrics of each loader. */
  async run({ step = 0, checkedBatches }: EvaluationOptions = {}): Promise<Row[]> {
    const { trainer, hooks, metrics, strategy, interrupt } = this.#context
    const isInFit = trainer.task === 'fit' && checkedBatches === undefined
    const name = names[this.#evaluation]
    this.isEnding = false
    metrics.startStage(this.#evaluation === 'predict' ? undefined : this.#evaluation)
    await hooks.call(`on${name}Start`)
    await hooks.call(`on${name}EpochStart`)
    const counts = this.#counts().map((count) => Math.min(count, checkedBatches ?? count))
    const progress = this.#context.progress.start(this.#evaluation, ...counts)
    let batches = 0
    for (const [index, count] of counts.entries()) {
      const loader = this.#loaders[index] as DataLoader
      const options = {
        epoch: trainer.currentEpoch,
        shard: this.#shard,
        isPadded: this.#evaluation !== 'predict', // a rank has no prediction for a sample of another one
        dispose: (batch: Batch) => strategy.dispose(batch),
      }
      for await (const batch of loadBatches(loader, { ...options, count })) {
        await this.#batch(batch, index, step)
        if (checkedBatches === undefined) this.#writeBatch(index)
        metrics.endBatch()
        progress.endBatch()
        if (isInFit && ++batches % batchesBetweenChecks === 0) await interrupt.check()
      }
    }
    metrics.endBatches()
    await metrics.reduce(step)
    await hooks.call(`on${name}EpochEnd`)
    await metrics.reduce(step)
    const rows = this.#loaders.map((_, index) => metrics.row(index))
    if (checkedBatches === undefined) writeRow(trainer, metrics.row(), step, trainer.currentEpoch)
    if (trainer.task !== 'fit') progress.end(Object.assign({}, ...rows))
    this.isEnding = true
    await hooks.call(`on${name}End`)
    metrics.clearEpoch()
    return rows
  }

  async #batch({ index, batch, size }: LoadedBatch, loaderIndex: number, step: number): Promise<void> {
    const { trainer, hooks, metrics, strategy, module } = this.#context
    const args = [batch, index, loaderIndex] as const
    const name = names[this.#evaluation]
    const stepName = `${this.#evaluation}Step` as const
    trainer.isPaddingBatch = size === 0
    metrics.startBatch(size, this.#loaders.length > 1 ? loaderIndex : undefined)
    await hooks.call(`on${name}BatchStart`, ...args)
    const result = hooks.run(stepName, () =>
      strategy.evaluate(() => {
        const result = module[stepName]?.(...args)
        return this.#evaluation === 'predict' ? result : undefined
      }),
    )
    if (this.#evaluation === 'predict') {
      this.predictions[loaderIndex] ??= []
      this.predictions[loaderIndex].push(result)
    }
    await metrics.reduce(step)
    await hooks.call(`on${name}BatchEnd`, ...args)
    await metrics.reduce(step)
    trainer.isPaddingBatch = false
  }

  /** Writes the row of a batch: it has the number of the batch, and no epoch. */
  #writeBatch(loaderIndex: number): void {
    const { trainer, metrics } = this.#context
    const step = this.batchesDone[loaderIndex] ?? 0
    this.batchesDone[loaderIndex] = step + 1
    writeRow(trainer, metrics.row(), step)
  }

  /** The samples of this rank: every sample belongs to one rank, so that a metric is that of the whole dataset. */
  get #shard(): Shard {
    const { rank, worldSize } = this.#context.collectives
    return { rank, worldSize, isUneven: true }
  }

  #counts(): number[] {
    const { options } = this.#context
    const limit = limits[this.#evaluation]
    return this.#loaders.map((loader) => countBatches(loader, this.#shard, options[limit], limit))
  }
}
