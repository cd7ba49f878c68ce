import type { Collectives } from '../ranks/collectives.ts'
import { type LogOptions, metricSettings, type Stage, sameOptions, sameSettings } from './log-options.ts'
import { Metric, type SavedMetric } from './metric.ts'
import { reduceMetrics } from './reduce-metrics.ts'

/** A value that can be logged. A tensor must have one element. */
export type Loggable = number | boolean | { readonly size: number; dataSync(): ArrayLike<number> }

/** Metrics by their names in a row. */
export type Row = Record<string, number>

/** The latest metrics by their names, with and without suffix: all, those that the loggers get, and those with `progBar`. */
export type MetricViews = Record<'callback' | 'logged' | 'progressBar', Row>

/** The metrics of one rank, for a checkpoint: the latest ones, and those of the epoch that is not complete. */
export interface SavedMetrics {
  views: MetricViews
  train: SavedMetric[]
}

/**
 * Collects what log() is given into rows, by the rules of Lightning. The loops say which stage, hook and batch is running.
 *
 * A tensor is read only on rank 0 and where it is reduced over the ranks. On another rank it is ignored.
 */
export class Metrics {
  /** Name of the hook that is running. */
  hook = 'no hook'
  readonly #isRank0: boolean
  readonly #worldSize: number
  readonly #stages: Record<Stage, Map<string, Metric>> = { train: new Map(), validation: new Map(), test: new Map() }
  #views: MetricViews = { callback: {}, logged: {}, progressBar: {} }
  #collectives: Collectives | undefined
  #stage: Stage | undefined
  #batchSize: number | undefined
  #dataloaderIdx: number | undefined
  #isStep = false

  constructor({ rank, worldSize }: { rank: number; worldSize: number }) {
    this.#isRank0 = rank === 0
    this.#worldSize = worldSize
  }

  /** Copies of the latest metrics. The parent sets them to those of rank 0. */
  get views(): MetricViews {
    this.row()
    return structuredClone(this.#views)
  }

  set views(views: MetricViews) {
    this.#views = views
  }

  /** Returns the state of this rank, for a checkpoint. */
  save(): SavedMetrics {
    const train = [...this.#stages.train.values()].map((metric) => metric.save())
    return { views: this.views, train }
  }

  /** Restores what `save` returned. */
  restore({ views, train }: SavedMetrics): void {
    this.#views = structuredClone(views)
    this.#stages.train = new Map(train.map((saved) => [saved.key, Metric.restore(saved)]))
  }

  /** Adds a value. @throws {Error} if the hook or the options are not allowed, or the value is not one number */
  log(name: string, value: Loggable, options: LogOptions = {}): void {
    const metric = this.#metric(name, options)
    if (typeof value === 'object' && value !== null && metric.settings.sync === 'never' && !this.#isRank0) return
    if (this.#batchSize === 0) metric.addPadding()
    else metric.add(read(value, name, this.hook), options.batchSize ?? this.#batchSize ?? 1)
  }

  /** Starts a loop, or continues its batches after another loop. `undefined` is a loop without metrics. */
  startStage(stage: Stage | undefined, { isContinued = false }: { isContinued?: boolean } = {}): void {
    this.#stage = stage
    this.#isStep = isContinued
    this.#dataloaderIdx = undefined
  }

  /**
   * Starts a batch.
   *
   * @param batchSize number of samples; 0 if the batch is padding, whose metrics count nothing
   * @param dataloaderIdx the number of its loader, if there are several
   */
  startBatch(batchSize: number, dataloaderIdx?: number): void {
    this.#batchSize = batchSize
    this.#dataloaderIdx = dataloaderIdx
    this.#isStep = true
    for (const metric of this.#current()) metric.clearStep()
  }

  /** Returns the row of the batch, and ends the batch. */
  endBatch(): Row {
    const row = this.row()
    this.#batchSize = undefined
    return row
  }

  /** Ends the last batch of an epoch: from here, rows have the values of the epoch. */
  endBatches(): void {
    this.#isStep = false
    this.#dataloaderIdx = undefined
  }

  /** Returns the row of the batch or of the epoch. @param dataloaderIdx a loader whose metrics are returned with those of no loader */
  row(dataloaderIdx?: number): Row {
    const row: Row = {}
    const { callback, logged, progressBar } = this.#views
    for (const metric of this.#current()) {
      const value = this.#isStep ? metric.step : metric.epoch
      if (value === undefined) continue
      const { settings, name, suffix } = metric
      const nameInRow = metric.nameInRow(this.#isStep)
      if (settings.progBar) progressBar[nameInRow] = value
      if (!this.#isStep || this.#stage === 'train') {
        callback[name + suffix] = value
        callback[nameInRow] = value
      }
      if (!settings.logger) continue
      logged[nameInRow] = value
      if ((metric.dataloaderIdx ?? dataloaderIdx) === (dataloaderIdx ?? metric.dataloaderIdx)) row[nameInRow] = value
    }
    return row
  }

  /** Reduces the pending values over the ranks. Every rank calls it at the same places. See {@link reduceMetrics}. */
  async reduce(step: number): Promise<void> {
    if (!this.#collectives || !this.#stage || this.#worldSize === 1) return
    const reductions = [...this.#current()].flatMap((metric) => metric.reduction(this.#isStep) ?? [])
    const isOptional = this.#stage !== 'train' && !this.#isStep // other ranks may have metrics that this rank does not have
    if (isOptional || reductions.length > 0) await reduceMetrics(this.#collectives, reductions, step)
  }

  /** Forgets the values of the epoch. The options of the metrics stay. */
  clearEpoch(): void {
    for (const metric of this.#current()) metric.clear()
  }

  /** Sets the connection over which metrics are reduced. */
  connect(collectives: Collectives): void {
    this.#collectives = collectives
  }

  /** Forgets all values. */
  clear(): void {
    for (const metrics of Object.values(this.#stages)) for (const metric of metrics.values()) metric.clear()
    this.#views = { callback: {}, logged: {}, progressBar: {} }
  }

  /** Returns the metric of a call. Checks the options only if they differ from those of the first call. */
  #metric(name: string, options: LogOptions): Metric {
    const { hook } = this
    const metrics = this.#stage && this.#stages[this.#stage]
    const key = `${hook} ${String(name)} ${this.#dataloaderIdx}`
    const known = metrics?.get(key)
    if (known?.name === name && sameOptions(known.options, options)) return known
    const settings = metricSettings(name, options, { hook, stage: this.#stage, worldSize: this.#worldSize })
    if (known && !sameSettings(known.settings, settings))
      throw new Error(`log('${name}') in ${hook}: the options differ from an earlier call; use the same in each call`)
    const metric =
      known ?? new Metric({ key, name, options: { ...options }, settings, dataloaderIdx: this.#dataloaderIdx })
    metrics?.set(key, metric)
    return metric
  }

  #current(): Iterable<Metric> {
    return this.#stage ? this.#stages[this.#stage].values() : []
  }
}

/** Returns the value as float32. @throws {Error} if it is not one number */
function read(value: Loggable, name: string, hook: string): number {
  if (typeof value === 'number' || typeof value === 'boolean') return Math.fround(Number(value))
  if (value?.size === 1 && typeof value.dataSync === 'function') return Math.fround(value.dataSync()[0] as number)
  throw new Error(
    `log('${name}') in ${hook}: the value must be a number or a tensor with one element, not ${describe(value)}`,
  )
}

/** Describes a value that is not one number. */
function describe(value: unknown): string {
  if (value === null || Array.isArray(value)) return JSON.stringify(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  const { shape } = value as { shape?: number[] }
  return shape ? `a tensor of shape [${shape}]` : 'an object'
}
