import { eachLeaf } from './each-leaf.ts'
import { histogramIn } from './histogram.ts'
import { imageIn } from './image.ts'
import type { Hparam, MetricRecord } from './metric-record.ts'
import { endIn } from './run-end.ts'
import type { NameWarnings } from './warn-names.ts'

/** What a metric record has, as pino writes it; every other line costs this one look. */
const named = /"(?:metrics|hparams|run)":/

/** pino's unixTime gives seconds; in ms this is 1973. */
const leastMs = 1e11

const special: Record<string, number> = { NaN, Infinity, '-Infinity': -Infinity }

/**
 * Text cut anywhere in, metric records out, in their order. Lines that are none, or no JSON, are passed over. Leaves that
 * cannot be taken are left out and told once for each name.
 */
export class MetricReader {
  readonly #warnings: NameWarnings
  #tail = ''
  #step = 0

  constructor(warnings: NameWarnings) {
    this.#warnings = warnings
  }

  read(text: string, take: (record: MetricRecord) => void): void {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#line(this.#tail + text.slice(start, end), take)
      this.#tail = ''
      start = end + 1
    }
    this.#tail += text.slice(start)
  }

  /** A last line without its `\n`. */
  end(take: (record: MetricRecord) => void): void {
    this.read('\n', take)
  }

  #line(line: string, take: (record: MetricRecord) => void): void {
    if (!named.test(line)) return
    let fields: Record<string, unknown>
    try {
      fields = JSON.parse(line)
    } catch {
      return // a stack trace, a native print
    }
    const { metrics, hparams } = fields
    const end = endIn(fields.run)
    if (!isBranch(metrics) && !isBranch(hparams) && !end) return
    const record: MetricRecord = {
      time: timeIn(fields.time),
      step: this.#stepIn(fields.step),
      epoch: typeof fields.epoch === 'number' ? fields.epoch : undefined,
      rank: fields.rank as MetricRecord['rank'],
      scalars: [],
      texts: [],
      histograms: [],
      images: [],
      hparams: [],
      end,
    }
    if (isBranch(metrics)) eachLeaf(metrics, isMetric, (name, value) => this.#metric(record, name, value))
    if (isBranch(hparams))
      eachLeaf(hparams, Array.isArray, (name, value) => record.hparams.push([name, hparamIn(value)]))
    take(record)
  }

  #metric(record: MetricRecord, name: string, value: unknown): void {
    const scalar = scalarIn(value)
    if (scalar !== undefined) {
      record.scalars.push([name, scalar])
      return
    }
    const [kind, given] = (typeof value === 'object' ? Object.entries(value as object)[0] : undefined) ?? []
    if (kind === 'text' && typeof given === 'string') record.texts.push([name, given])
    else if (kind === 'histogram') this.#keep(record.histograms, name, histogramIn(given))
    else if (kind === 'image') this.#keep(record.images, name, imageIn(given))
    else this.#warnings.warn(name, `${JSON.stringify(value).slice(0, 80)}, no metric`)
  }

  #keep<Kind extends object>(kept: [string, Kind][], name: string, found: Kind | string): void {
    if (typeof found === 'string') this.#warnings.warn(name, found)
    else kept.push([name, found])
  }

  #stepIn(step: unknown): number {
    if (Number.isSafeInteger(step) && (step as number) >= 0) this.#step = step as number
    else if (step !== undefined)
      this.#warnings.warn('step', `${JSON.stringify(step)}, no whole number from 0`, 'the step before is taken')
    return this.#step
  }
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** `{ text }`, `{ histogram }`, `{ image }`: one metric, however deep it is. A list is none, and is not entered. */
function isMetric(value: object): boolean {
  const [key, ...others] = Object.keys(value)
  return Array.isArray(value) || (others.length === 0 && (key === 'text' || key === 'histogram' || key === 'image'))
}

/** pino writes NaN and infinities as null, unless they come as text (`metricSerializers`). */
function scalarIn(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  if (value === null) return NaN
  return typeof value === 'string' && Object.hasOwn(special, value) ? special[value] : undefined
}

function hparamIn(value: unknown): Hparam {
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  return JSON.stringify(value)
}

/** ms since 1970 of a record's `time`, as pino's time functions write it; else the present. */
function timeIn(time: unknown): number {
  if (typeof time === 'number' && Number.isFinite(time)) return time < leastMs ? time * 1000 : time
  const parsed = typeof time === 'string' ? Date.parse(time) : NaN
  return Number.isNaN(parsed) ? Date.now() : parsed
}
