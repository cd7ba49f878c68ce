import type {
  Hparam,
  MetricRecord,
  MetricStats,
  NameWarnings,
  RecordFile,
  RunEnd,
  RunWriter,
} from 'pino-rank-metrics/sink'
import {
  eventSize,
  fileVersion,
  type HparamValue,
  histogramValue,
  imageValue,
  putAll,
  putEvent,
  putFloat,
  putSummaryHead,
  type ScalarValue,
  scalarValue,
  sessionEnd,
  sessionLogStart,
  sessionStart,
  simpleValue,
  summaryHeadSize,
  textValue,
} from './event-format.ts'

/** How a run is shown. */
export interface RunEventsOptions {
  /** Name under which the HParams page puts runs together, and averages them. */
  group?: string | undefined
  /**
   * The step at which a run resumes. TensorBoard hides the values of this step and later ones in earlier files of the run, for
   * every tag. @default none: nothing is hidden
   */
  purgeStep?: number | undefined
  /** True writes scalars as `simple_value`, which `EventAccumulator.Scalars()` reads, instead of as tensors. @default false */
  simpleValue?: boolean | undefined
}

/** A scalar of a tag that the file has already: without metadata. */
interface Tag {
  kind: 'scalar' | 'text' | 'histogram' | 'image'
  scalar?: ScalarValue
}

/**
 * A run as events of one file: the version, the start, the hyperparameters, the values, the end. TensorBoard takes a run's
 * first hyperparameters and no others, so they are collected until the first metric, or the end.
 */
export class RunEvents implements RunWriter {
  readonly #file: RecordFile
  readonly #options: RunEventsOptions
  readonly #warnings: NameWarnings
  readonly #tags = new Map<string, Tag>()
  readonly #hparams = new Map<string, HparamValue>()
  /** Time of the first hyperparameter or metric. */
  #began: number | undefined
  #opened = false
  #started = false
  #lengthBeforeEnd = 0
  readonly #stats = { records: 0, values: 0 }
  /** What of the record at hand is written: scalars with their numbers, all else as it stands in a summary. */
  #record: MetricRecord | undefined
  readonly #forms: ScalarValue[] = []
  readonly #numbers: number[] = []
  #count = 0
  #others: Buffer[] = []
  /** Bytes of all of it. */
  #size = 0

  constructor(file: RecordFile, options: RunEventsOptions, warnings: NameWarnings) {
    this.#file = file
    this.#options = options
    this.#warnings = warnings
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#began ??= record.time
    for (const [name, value] of record.hparams) this.#hparam(name, value)
    this.#collect(record)
    const values = this.#count + this.#others.length
    if (values === 0) return
    if (!this.#started) this.#start(record.time, this.#options.purgeStep)
    this.#record = record
    if (this.#file.put(eventSize(summaryHeadSize(this.#size) + this.#size), this.#putRecord))
      this.#stats.values += values
  }

  flush(): void {
    this.#file.flush()
  }

  /** Writes the end of the hyperparameters' session, if there are any. A killed run gets no end, because it may be resumed. */
  close(end: RunEnd | undefined): void {
    if (this.#hparams.size > 0 && !this.#started) this.#start(this.#began as number, undefined)
    this.#lengthBeforeEnd = this.#file.length
    if (end) this.#putEnd(end)
    this.#file.close()
  }

  amend(end: RunEnd): void {
    if (this.#hparams.size === 0 || !this.#file.reopen(this.#lengthBeforeEnd)) return
    this.#putEnd(end)
    this.#file.close()
  }

  stats(): MetricStats {
    const { flushes, drops, errors } = this.#file
    return { ...this.#stats, flushes, drops, errors }
  }

  #putEnd({ status }: RunEnd): void {
    if (this.#hparams.size === 0 || status === 'killed') return
    const now = Date.now()
    this.#putValue(now, sessionEnd(status, now / 1000), false)
  }

  #hparam(name: string, value: Hparam): void {
    if (value === null)
      this.#warnings.warn(name, 'a hyperparameter without a value (null)', 'TensorBoard has no null, so it is left out')
    else if (!this.#started) this.#hparams.set(name, value)
    else if (!Object.is(this.#hparams.get(name), value))
      this.#warnings.warn(name, 'a hyperparameter after the first metric', 'TensorBoard would not show it')
  }

  /**
   * Writes the session starts. A reader takes the first session start of a run as its beginning, and only later ones as a
   * restart, which purges. Earlier files may have no session start, so two are written.
   *
   * @param purgeStep undefined means that nothing is purged
   */
  #start(time: number, purgeStep: number | undefined): void {
    this.#started = true
    this.#open(time)
    for (const step of purgeStep === undefined ? [] : [purgeStep, purgeStep])
      this.#putBody(time, step, sessionLogStart, false)
    if (this.#hparams.size === 0) return
    const began = (this.#began as number) / 1000
    this.#putValue(time, sessionStart(this.#hparams, this.#options.group, began), true)
  }

  #open(time: number): void {
    if (!this.#opened) this.#putBody(time, 0, fileVersion, false)
    this.#opened = true
  }

  /** Finds out what of a record is written, and how long it is. */
  #collect({ scalars, texts, histograms, images, epoch }: MetricRecord): void {
    this.#count = 0
    this.#size = 0
    if (this.#others.length > 0) this.#others = []
    let hasEpoch = epoch === undefined || scalars.length === 0
    for (const scalar of scalars) {
      this.#scalar(scalar[0], scalar[1])
      hasEpoch ||= scalar[0] === 'epoch'
    }
    if (!hasEpoch) this.#scalar('epoch', epoch as number)
    for (const [tag, text] of texts) if (this.#is(tag, 'text')) this.#other(textValue(tag, text))
    for (const [tag, found] of histograms) if (this.#is(tag, 'histogram')) this.#other(histogramValue(tag, found))
    for (const [tag, image] of images) if (this.#is(tag, 'image')) this.#other(imageValue(tag, image))
  }

  #scalar(name: string, value: number): void {
    const form = this.#scalarOf(name)
    if (!form) return
    this.#forms[this.#count] = form
    this.#numbers[this.#count++] = value
    this.#size += form.bytes.length
  }

  #other(value: Buffer): void {
    this.#others.push(value)
    this.#size += value.length
  }

  readonly #putRecord = (bytes: Buffer, at: number): number => {
    const { time, step } = this.#record as MetricRecord
    return putEvent(bytes, at, time, step, this.#putValues)
  }

  readonly #putValues = (bytes: Buffer, start: number): number => {
    let at = putSummaryHead(bytes, start, this.#size)
    for (let index = 0; index < this.#count; index++) {
      const { bytes: form, valueAt } = this.#forms[index] as ScalarValue
      const end = putAll(bytes, at, form)
      putFloat(bytes, at + valueAt, this.#numbers[index] as number)
      at = end
    }
    for (const other of this.#others) at += other.copy(bytes, at)
    return at
  }

  /** The form of a tag's scalar: with metadata the first time, kept without it for all others. */
  #scalarOf(name: string): ScalarValue | undefined {
    const known = this.#tags.get(name)
    if (known?.scalar) return known.scalar
    if (!this.#is(name, 'scalar')) return undefined
    if (this.#options.simpleValue) {
      const scalar = simpleValue(name)
      this.#tags.set(name, { kind: 'scalar', scalar })
      return scalar
    }
    this.#tags.set(name, { kind: 'scalar', scalar: scalarValue(name, false) })
    return scalarValue(name, true)
  }

  /** TensorBoard shows a tag as what it was first. */
  #is(name: string, kind: Tag['kind']): boolean {
    const known = this.#tags.get(name)
    if (!known) this.#tags.set(name, { kind })
    if (!known || known.kind === kind) return true
    this.#warnings.warn(name, `a ${kind}, and was a ${known.kind} before`)
    return false
  }

  #putValue(time: number, value: Buffer, counts: boolean): void {
    this.#putBody(time, 0, Buffer.concat([summaryHead(value.length), value]), counts)
  }

  #putBody(time: number, step: number, body: Buffer, counts: boolean): void {
    const put = (bytes: Buffer, at: number) => at + body.copy(bytes, at)
    this.#file.put(eventSize(body.length), (bytes, at) => putEvent(bytes, at, time, step, put), counts)
  }
}

function summaryHead(size: number): Buffer {
  const bytes = Buffer.alloc(summaryHeadSize(size))
  putSummaryHead(bytes, 0, size)
  return bytes
}
