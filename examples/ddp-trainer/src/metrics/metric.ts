import type { LogOptions, MetricSettings, ReduceFx } from './log-options.ts'

/** What a rank or a batch contributes to a value. For a mean, `value` is already multiplied by `weight`, the number of samples. */
export interface Part {
  value: number
  weight: number
}

/** A value that waits to be reduced over the ranks. */
export interface Reduction {
  /** Identifies the metric on all ranks. */
  key: string
  name: string
  reduceFx: ReduceFx
  /** True if all ranks must have it. Otherwise it is reduced only if all ranks have it. */
  isRequired: boolean
  part: Part
  /** Takes the reduced value. */
  resolve(value: number): void
}

/** Returns the value of parts, as float32. */
export function combine(reduceFx: ReduceFx, parts: readonly [Part, ...Part[]]): number {
  const { value, weight } = parts.reduce((one, other) => merge(reduceFx, one, other))
  return Math.fround(reduceFx === 'mean' ? value / weight : value)
}

function merge(reduceFx: ReduceFx, one: Part, other: Part): Part {
  const weight = one.weight + other.weight
  if (reduceFx === 'min') return { value: Math.min(one.value, other.value), weight }
  if (reduceFx === 'max') return { value: Math.max(one.value, other.value), weight }
  return { value: one.value + other.value, weight }
}

/** Values that do not change the result. */
const neutralValues: Record<ReduceFx, number> = {
  mean: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
}

/** What identifies a metric, and how it is logged. */
export interface MetricIdentity {
  /** Identifies the metric on all ranks. */
  readonly key: string
  readonly name: string
  /** The options of its first call. */
  readonly options: LogOptions
  readonly settings: MetricSettings
  readonly dataloaderIdx: number | undefined
}

/** One name that one hook logs, in one epoch. The values are float32; sums of an epoch are accumulated in float64. */
export class Metric {
  readonly key: string
  readonly name: string
  readonly options: LogOptions
  readonly settings: MetricSettings
  readonly dataloaderIdx: number | undefined
  /** The value of the current batch. Undefined if there is none, or if it is not reduced over the ranks yet. */
  step: number | undefined
  #stepPart: Part | undefined
  #epochPart: Part | undefined
  #epoch: number | undefined

  constructor({ key, name, options, settings, dataloaderIdx }: MetricIdentity) {
    this.key = key
    this.name = name
    this.options = options
    this.settings = settings
    this.dataloaderIdx = dataloaderIdx
  }

  /** Returns the name, with the suffixes that it has in a row of a step or of an epoch. */
  nameInRow(isStep: boolean): string {
    const { onStep, onEpoch } = this.settings
    return `${this.name}${onStep && onEpoch ? (isStep ? '_step' : '_epoch') : ''}${this.suffix}`
  }

  /** The end of the name if there are several loaders. */
  get suffix(): string {
    const isAdded = this.settings.addDataloaderIdx && this.dataloaderIdx !== undefined
    return isAdded ? `/dataloader_idx_${this.dataloaderIdx}` : ''
  }

  /** The value of the epoch. Undefined if there is none, or if it is not reduced over the ranks yet. */
  get epoch(): number | undefined {
    if (this.#epoch === undefined && this.settings.sync === 'never' && this.#epochPart)
      this.#epoch = combine(this.settings.reduceFx, [this.#epochPart])
    return this.#epoch
  }

  /** @param batchSize the weight of the value in a mean */
  add(value: number, batchSize: number): void {
    const { onStep, reduceFx, sync } = this.settings
    if (onStep && sync !== 'always') this.step = value
    this.#addPart({ value: reduceFx === 'mean' ? value * batchSize : value, weight: batchSize })
  }

  /** Adds a part that changes no result, so that this rank has the metric although it has no sample in the batch. */
  addPadding(): void {
    this.#addPart({ value: neutralValues[this.settings.reduceFx], weight: 0 })
  }

  #addPart(part: Part): void {
    const { onStep, onEpoch, reduceFx, sync } = this.settings
    if (onStep && sync === 'always') this.#stepPart = part
    if (!onEpoch) return
    this.#epochPart = this.#epochPart ? merge(reduceFx, this.#epochPart, part) : part
    this.#epoch = undefined
  }

  /** Returns the value of the batch or of the epoch that is not reduced over the ranks yet. */
  reduction(isStep: boolean): Reduction | undefined {
    const { sync, reduceFx } = this.settings
    const part = isStep ? this.#stepPart : sync === 'never' || this.#epoch !== undefined ? undefined : this.#epochPart
    if (!part) return undefined
    const resolve = (value: number) => {
      if (!isStep) this.#epoch = value
      else {
        this.step = value
        this.#stepPart = undefined
      }
    }
    const { key } = this
    return { key, name: this.nameInRow(isStep), reduceFx, isRequired: sync === 'always', part, resolve }
  }

  /** Forgets the value of the batch. */
  clearStep(): void {
    this.step = undefined
    this.#stepPart = undefined
  }

  /** Forgets all values, at the start of an epoch. */
  clear(): void {
    this.clearStep()
    this.#epochPart = undefined
    this.#epoch = undefined
  }
}
