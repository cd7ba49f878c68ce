import { createHash } from 'node:crypto'
import type { Hparam, MetricRecord, NameWarnings } from 'pino-rank-metrics/sink'
import { parseObject } from './mlflow-client.ts'

/** A part of a record that MLflow stores with one request. A spool has one part per line. */
export type RunPart =
  | { metrics: Metric[] }
  | { params: Param[] }
  | { artifact: { path: string; base64: string } }
  | { end: { status: 'FINISHED' | 'FAILED' | 'KILLED'; time: number } }

/** A metric in the form of the REST API. A `value` that is not finite is text. */
export interface Metric {
  key: string
  value: number | string
  timestamp: number
  step: number
}

export interface Param {
  key: string
  value: string
}

/** Identifies a run. The first line of a spool. */
export interface RunHead {
  /** The value of our own tag, by which we find a run if the request that created it had no response. */
  uuid: string
  experiment: string
  name?: string | undefined
  tags: Record<string, string>
  /** In ms since 1970. */
  start: number
  /** MLflow's id of the run. Undefined until the run is created. A run that is continued has it from the start. */
  runId?: string | undefined
}

/** The start of the names of spool files. */
export const spoolPrefix = 'mlflow'

/** Maximum number of values in one request. */
const maxPerRequest = { metrics: 1000, params: 100 } as const

/** Maximum length of a parameter's value. MLflow truncates longer values without an error. */
const maxValue = 6000

/** Returns the parts of a record that are sent to MLflow. Reports names and values that MLflow does not accept unchanged. */
export function partsOf(record: MetricRecord, warnings: NameWarnings): RunPart[] {
  const { step, scalars, hparams, texts, histograms, images } = record
  const timestamp = Math.round(record.time)
  const metrics = scalars.map(([name, value]): Metric => {
    return { key: keyOf(name, warnings), value: Number.isFinite(value) ? value : String(value), timestamp, step }
  })
  const params = hparams.map(([name, value]): Param => {
    return { key: keyOf(name, warnings), value: paramOf(name, value, warnings) }
  })
  const artifact = (kind: string, name: string, extension: string, bytes: Buffer | string): RunPart => {
    const path = `${kind}/${artifactName(name)}_${step}.${extension}`
    return { artifact: { path, base64: Buffer.from(bytes).toString('base64') } }
  }
  return [
    ...slices(params, maxPerRequest.params).map((params) => ({ params })),
    ...slices(metrics, maxPerRequest.metrics).map((metrics) => ({ metrics })),
    ...texts.map(([name, text]) => artifact('texts', name, 'txt', text)),
    ...histograms.map(([name, histogram]) => artifact('histograms', name, 'json', JSON.stringify(histogram))),
    ...images.map(([name, { png }]) => artifact('images', name, 'png', png)),
  ]
}

/**
 * Yields the requests that send the lines of a spool, each with the last line that is in it. Metrics of several lines become one
 * request.
 *
 * @param onDamage called for a line that is not a part, because the disk failed or the machine lost power
 */
export function* requestsOf<Line extends { text: string }>(
  lines: Iterable<Line>,
  onDamage: () => void,
): Generator<{ part: RunPart; last: Line }> {
  let request: { part: RunPart; last: Line } | undefined
  for (const line of lines) {
    const part = partIn(line.text)
    if (!part) {
      onDamage()
      if (request) request.last = line
    } else if (request && 'metrics' in request.part && 'metrics' in part && fits(request.part.metrics, part.metrics)) {
      request.part.metrics.push(...part.metrics)
      request.last = line
    } else {
      if (request) yield request
      request = { part, last: line }
    }
  }
  if (request) yield request
}

function fits(metrics: Metric[], more: Metric[]): boolean {
  return metrics.length + more.length <= maxPerRequest.metrics
}

function partIn(text: string): RunPart | undefined {
  const value = parseObject(text)
  const isPart = value && ['metrics', 'params', 'artifact', 'end'].some((kind) => kind in value)
  return isPart ? (value as object as RunPart) : undefined
}

/** Returns the number of values in a part. */
export function valuesIn(part: RunPart): number {
  if ('metrics' in part) return part.metrics.length
  if ('params' in part) return part.params.length
  return 'artifact' in part ? 1 : 0
}

function keyOf(name: string, warnings: NameWarnings): string {
  const key = mlflowKey(name)
  if (key !== name) warnings.warn(name, 'not a name that MLflow accepts', `it is sent as "${key}"`)
  return key
}

/**
 * Returns the value of a parameter as a string, because MLflow has only strings. null becomes `None`, as in MLflow's own client.
 */
function paramOf(name: string, value: Hparam, warnings: NameWarnings): string {
  const text = value === null ? 'None' : String(value)
  if (text.length > maxValue)
    warnings.warn(name, `${text.length} characters long`, `only the first ${maxValue} are sent`)
  return text.slice(0, maxValue).replace(/\p{Cs}/gu, '\ufffd')
}

function slices<Kind>(list: Kind[], length: number): Kind[][] {
  if (list.length <= length) return list.length > 0 ? [list] : []
  return Array.from({ length: Math.ceil(list.length / length) }, (_, at) => list.slice(at * length, (at + 1) * length))
}

/** Maximum length of a key, in Unicode characters. */
const maxKey = 250

/** Matches common names that need no change. */
const plainKey = /^[\w\-: ]+(?:\/[\w\-: ]+)*$/

/**
 * Returns the key for a metric or a parameter. A name that MLflow accepts is its own key. Every other character becomes
 * `_xHHHH_`, its Unicode number, as Excel and .NET write such names.
 *
 * No two names get the same key. If a name already contains such a sequence, its `_` is written as `_x005F_`. A name that is
 * too long is truncated and ends in a hash.
 *
 * MLflow accepts letters and digits of all scripts and `_-.: /`, at most 250 characters. The name must also be a normalized path.
 */
function mlflowKey(name: string): string {
  if (name.length <= maxKey && plainKey.test(name) && !name.includes('_x')) return name
  const key = name
    .replace(/_(?=x[0-9A-F]{0,6}_)/g, escapeCharacter)
    .replace(/[^\p{L}\p{N}_\-.: /]/gu, escapeCharacter)
    .replace(/^\.(?=\.)|(?<=^|\/)\.(?=\/|$)|(?<=\/)\.(?=\.(?:\/|$))/g, escapeCharacter)
    .replace(/^\/|(?<=\/)\/|\/$/g, escapeCharacter)
  return shorten(key || '_x_', name)
}

/** Returns the key as part of a file name that any artifact store accepts. */
function artifactName(name: string): string {
  return mlflowKey(name)
    .split('/')
    .map((part) => (Buffer.byteLength(part) <= 150 ? part : `${truncate(part, 40)}_${hashOf(part)}`))
    .join('/')
}

function escapeCharacter(character: string): string {
  const number = (character.codePointAt(0) as number).toString(16).toUpperCase()
  return `_x${number.padStart(4, '0')}_`
}

function shorten(key: string, name: string): string {
  return [...key].length <= maxKey ? key : `${truncate(key, maxKey - 13)}_${hashOf(name)}`
}

function truncate(text: string, length: number): string {
  return [...text].slice(0, length).join('')
}

function hashOf(name: string): string {
  return createHash('sha256').update(name).digest('hex').slice(0, 12)
}
