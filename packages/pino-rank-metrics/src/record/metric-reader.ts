import { timeOf } from 'pino-rank/record'
import { histogramIn } from './histogram.ts'
import { eachLeaf, hparamIn, hparamListIn, imageIn, isBranch, isHparam, isMetric, remedyFor } from './metric-leaf.ts'
import { endIn, type MetricRecord } from './metric-record.ts'
import { mayBeMisplaced, reportMisplaced, shortJson } from './misplaced-record.ts'
import type { NameWarnings } from './name-warnings.ts'
import { numberIn } from './named-numbers.ts'

/** Matches the start of a metric record's field as pino writes it. A line without it is not parsed. */
const metricField = /"(?:metrics|hparams|run)":/

/**
 * Reads metric records, in order, from chunks of text that may end anywhere. It skips other lines and invalid JSON. Invalid values
 * are ignored and reported once for each name. A record that looks like a misplaced metric record is reported once too.
 */
export class MetricReader {
  readonly #warnings: NameWarnings
  readonly #nestedKey: string | undefined
  #tail = ''
  #step = 0

  /** @param nestedKey the logger's own `nestedKey`, if it has one */
  constructor(warnings: NameWarnings, nestedKey?: string) {
    this.#warnings = warnings
    this.#nestedKey = nestedKey
  }

  /** Calls `take` with each record that this chunk completes. */
  read(text: string, take: (record: MetricRecord) => void): void {
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#line(this.#tail + text.slice(start, end), take)
      this.#tail = ''
      start = end + 1
    }
    this.#tail += text.slice(start)
  }

  /** Reads a last line without its `\n`. */
  end(take: (record: MetricRecord) => void): void {
    this.read('\n', take)
  }

  #line(line: string, take: (record: MetricRecord) => void): void {
    if (!metricField.test(line)) return
    let fields: Record<string, unknown>
    try {
      fields = JSON.parse(line)
    } catch {
      return // not a record: for example a stack trace, or output of a native library
    }
    if (!isBranch(fields)) return
    fields = this.#unnest(fields)
    const { metrics } = fields
    const hparams = this.#hparamsIn(fields, line)
    const end = endIn(fields.run)
    if (mayBeMisplaced(fields, end)) reportMisplaced(fields, this.#nestedKey, this.#warnings)
    if (!isBranch(metrics) && !isBranch(hparams) && !end) return
    const record: MetricRecord = {
      time: timeOf(fields.time) ?? Date.now(),
      step: this.#stepIn(fields.step),
      epoch: this.#epochIn(fields.epoch),
      rank: fields.rank as MetricRecord['rank'],
      scalars: [],
      texts: [],
      histograms: [],
      images: [],
      hparams: [],
      hparamLists: [],
      end,
    }
    if (isBranch(metrics)) eachLeaf(metrics, isMetric, (name, value) => this.#metric(record, name, value))
    if (isBranch(hparams)) eachLeaf(hparams, isHparam, (name, value) => keepHparam(record, name, value))
    take(record)
  }

  /** Moves the fields that pino's `nestedKey` put below a key back to the top. The record keeps its own time and rank. */
  #unnest(fields: Record<string, unknown>): Record<string, unknown> {
    if (this.#nestedKey === undefined) return fields
    const { [this.#nestedKey]: inner, ...others } = fields
    return isBranch(inner) ? { ...others, ...inner, time: fields.time, rank: fields.rank } : fields
  }

  #hparamsIn({ hparams }: Record<string, unknown>, line: string): unknown {
    if (!isBranch(hparams)) return hparams
    const exact = exactIntegers(line)
    return exact === line ? hparams : this.#unnest(JSON.parse(exact)).hparams
  }

  #epochIn(epoch: unknown): number | undefined {
    if (epoch === undefined || typeof epoch === 'number') return epoch
    this.#warnings.warn('epoch', `${shortJson(epoch)}, not a number`)
    return undefined
  }

  #metric(record: MetricRecord, name: string, value: unknown): void {
    const scalar = numberIn(value)
    if (scalar !== undefined) {
      record.scalars.push([name, scalar])
      return
    }
    const [kind, given] = (isBranch(value) ? Object.entries(value)[0] : undefined) ?? []
    if (kind === 'text') record.texts.push([name, given])
    else if (kind === 'histogram') this.#histogram(record, name, given)
    else if (kind === 'image') this.#image(record, name, given)
    else this.#warnings.warn(name, `${shortJson(value)}, not a metric`, `it is ignored; ${remedyFor(value)}`)
  }

  #histogram(record: MetricRecord, name: string, given: unknown): void {
    const found = histogramIn(given)
    if (typeof found === 'string') {
      this.#warnings.warn(name, found)
      return
    }
    const { histogram, omitted } = found
    record.histograms.push([name, histogram])
    if (omitted > 0)
      this.#warnings.warn(name, `a histogram with NaN or infinite values (${omitted} here)`, 'these values are ignored')
  }

  #image(record: MetricRecord, name: string, given: unknown): void {
    const image = imageIn(given)
    if (typeof image === 'string') this.#warnings.warn(name, image)
    else record.images.push([name, image])
  }

  #stepIn(step: unknown): number {
    if (Number.isSafeInteger(step) && (step as number) >= 0) this.#step = step as number
    else if (step !== undefined)
      this.#warnings.warn('step', `${shortJson(step)}, not a whole number >= 0`, 'the previous step is used')
    return this.#step
  }
}

function keepHparam(record: MetricRecord, name: string, value: unknown): void {
  record.hparams.push([name, hparamIn(value)])
  if (typeof value === 'object' && value !== null) record.hparamLists.push([name, hparamListIn(value)])
}

/** Matches a string, which is skipped, or an integer that a JavaScript number may not represent exactly. */
const tokens = /"(?:[^"\\]|\\.)*"|(?<=[:[,])-?\d{16,}(?=[,}\]])/g

/**
 * Returns a line of JSON in which each integer that would be rounded is a string. Such an integer is a bigint that pino wrote,
 * for example a 64-bit seed. Returns the same line if there is none.
 */
function exactIntegers(line: string): string {
  return line.replace(tokens, (token) =>
    token.startsWith('"') || String(Number(token)) === token ? token : `"${token}"`,
  )
}
