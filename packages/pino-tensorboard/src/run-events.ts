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

/** The options that decide how TensorBoard shows a run. */
export interface RunEventsOptions {
  /** Name of a group. The HParams page shows the runs of a group together, and averages their metrics. @default none */
  group?: string | undefined
  /**
   * The step at which a run resumes. TensorBoard hides the values of this step and later ones in earlier files of the run, for
   * every tag. @default none: nothing is hidden
   */
  purgeStep?: number | undefined
  /** True writes scalars as `simple_value`, which `EventAccumulator.Scalars()` reads, instead of as tensors. @default false */
  simpleValue?: boolean | undefined
}

interface Tag {
  /** The kind of the tag's first value. */
  kind: 'scalar' | 'text' | 'histogram' | 'image'
  /** The encoded scalar without metadata, for all values after the first. */
  scalar?: ScalarValue
}

/**
 * Writes a run as events of one file: the file version, session starts, the hyperparameters, the values, and the end.
 *
 * TensorBoard reads only the first event with hyperparameters. So these are collected until the first metric, or until the end.
 */
export class RunEvents implements RunWriter {
  readonly #file: RecordFile
  readonly #options: RunEventsOptions
  readonly #warnings: NameWarnings
  readonly #tags = new Map<string, Tag>()
  readonly #hparams = new Map<string, HparamValue>()
  /** Time of the first hyperparameter or metric. */
  #startTime: number | undefined
  #isOpen = false
  #isStarted = false
  #lengthBeforeEnd = 0
  readonly #stats = { records: 0, values: 0 }
  /** The record that is being written. The fields below hold its values; they are reused, so that no record allocates them anew. */
  #record: MetricRecord | undefined
  /** Its scalars: the encoded values without their numbers, and the numbers. Only the first `#count` elements are in use. */
  readonly #forms: ScalarValue[] = []
  readonly #numbers: number[] = []
  #count = 0
  /** Its other values, encoded. */
  #others: Buffer[] = []
  /** Total size of its encoded values, in bytes. */
  #size = 0

  constructor(file: RecordFile, options: RunEventsOptions, warnings: NameWarnings) {
    this.#file = file
    this.#options = options
    this.#warnings = warnings
  }

  write(record: MetricRecord): void {
    this.#stats.records++
    this.#startTime ??= record.time
    for (const [name, value] of record.hparams) this.#addHparam(name, value)
    this.#collect(record)
    const values = this.#count + this.#others.length
    if (values === 0) return
    if (!this.#isStarted) this.#start(record.time, this.#options.purgeStep)
    this.#record = record
    if (this.#file.put(eventSize(summaryHeadSize(this.#size) + this.#size), this.#putRecord))
      this.#stats.values += values
  }

  flush(): void {
    this.#file.flush()
  }

  /** Writes the end of the run, if it has hyperparameters. A killed run gets no end, because it may be resumed. */
  close(end: RunEnd | undefined): void {
    if (this.#hparams.size > 0 && !this.#isStarted) this.#start(this.#startTime as number, undefined)
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

  #addHparam(name: string, value: Hparam): void {
    if (value === null)
      this.#warnings.warn(
        name,
        'a hyperparameter with the value null',
        'it is ignored, because TensorBoard has no null',
      )
    else if (!this.#isStarted) this.#hparams.set(name, value)
    else if (!Object.is(this.#hparams.get(name), value))
      this.#warnings.warn(
        name,
        'a hyperparameter after the first metric',
        'it is ignored, because TensorBoard would not show it; log it before the first metric',
      )
  }

  /**
   * Writes the events before the first value. With a `purgeStep` these include two session starts: TensorBoard takes the first
   * session start of a run as its beginning, and purges only at later ones. An earlier file may have no session start.
   */
  #start(time: number, purgeStep: number | undefined): void {
    this.#isStarted = true
    this.#open(time)
    for (const step of purgeStep === undefined ? [] : [purgeStep, purgeStep])
      this.#putBody(time, step, sessionLogStart, false)
    if (this.#hparams.size === 0) return
    const startSeconds = (this.#startTime as number) / 1000
    this.#putValue(time, sessionStart(this.#hparams, this.#options.group, startSeconds), true)
  }

  #open(time: number): void {
    if (!this.#isOpen) this.#putBody(time, 0, fileVersion, false)
    this.#isOpen = true
  }

  /** Collects the values of a record that are written, and their size. */
  #collect({ scalars, texts, histograms, images, epoch }: MetricRecord): void {
    this.#count = 0
    this.#size = 0
    if (this.#others.length > 0) this.#others = []
    let hasEpoch = epoch === undefined || scalars.length === 0
    for (const scalar of scalars) {
      this.#addScalar(scalar[0], scalar[1])
      hasEpoch ||= scalar[0] === 'epoch'
    }
    if (!hasEpoch) this.#addScalar('epoch', epoch as number)
    for (const [tag, text] of texts) if (this.#hasKind(tag, 'text')) this.#addOther(textValue(tag, text))
    for (const [tag, found] of histograms)
      if (this.#hasKind(tag, 'histogram')) this.#addOther(histogramValue(tag, found))
    for (const [tag, image] of images) if (this.#hasKind(tag, 'image')) this.#addOther(imageValue(tag, image))
  }

  #addScalar(name: string, value: number): void {
    const form = this.#encodedScalar(name)
    if (!form) return
    this.#forms[this.#count] = form
    this.#numbers[this.#count++] = value
    this.#size += form.bytes.length
  }

  #addOther(value: Buffer): void {
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

  /**
   * Returns the encoded scalar of a tag: with metadata for its first value, and otherwise a cached one without metadata. Returns
   * undefined if the tag is not a scalar.
   */
  #encodedScalar(name: string): ScalarValue | undefined {
    const known = this.#tags.get(name)
    if (known?.scalar) return known.scalar
    if (!this.#hasKind(name, 'scalar')) return undefined
    if (this.#options.simpleValue) {
      const scalar = simpleValue(name)
      this.#tags.set(name, { kind: 'scalar', scalar })
      return scalar
    }
    this.#tags.set(name, { kind: 'scalar', scalar: scalarValue(name, false) })
    return scalarValue(name, true)
  }

  /** Reports whether a tag is of this kind. Its first value decides, because TensorBoard shows later values in the same way. */
  #hasKind(name: string, kind: Tag['kind']): boolean {
    const known = this.#tags.get(name)
    if (!known) this.#tags.set(name, { kind })
    if (!known || known.kind === kind) return true
    this.#warnings.warn(name, `a ${kind}, but its first value was a ${known.kind}`)
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
