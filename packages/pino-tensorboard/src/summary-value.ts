import type { Histogram, Hparam, Image, RunEnd } from 'pino-rank-metrics/sink'
import { doubleField, field, wholeField } from 'pino-rank-metrics/sink'

/** TensorBoard has no null. */
export type HparamValue = Exclude<Hparam, null>

/** Fields of a Summary value: `tag=1`, `simple_value=2`, `tensor=8`, `metadata=9`. */

const [float, double, string] = [1, 2, 7]

/** TensorBoard's plugins, which say how a tag is shown. It reads the metadata of a tag's first value only. */
type Plugin = 'scalars' | 'text' | 'histograms' | 'images' | 'hparams'

const ends = { finished: 1, failed: 2 } as const

/** A scalar, with the place of its float32 in it. */
export interface ScalarValue {
  bytes: Buffer
  valueAt: number
}

/** @param first of its tag in the file: only then it needs the metadata */
export function scalarValue(tag: string, first: boolean): ScalarValue {
  const number = Buffer.alloc(4)
  const tensor = field(8, wholeField(1, float), shape(), field(5, number))
  const metadata = first ? metadataOf('scalars') : Buffer.alloc(0)
  const bytes = field(1, field(1, tag), tensor, metadata)
  return { bytes, valueAt: bytes.length - metadata.length - number.length }
}

/** Returns a scalar in the older form, without a plugin. Readers convert it to the newer one. */
export function simpleValue(tag: string): ScalarValue {
  const number = Buffer.from([0x15, 0, 0, 0, 0])
  const bytes = field(1, field(1, tag), number)
  return { bytes, valueAt: bytes.length - 4 }
}

export function textValue(tag: string, text: string): Buffer {
  return value(tag, 'text', [wholeField(1, string), shape(), field(8, text)])
}

/** Rows of left, right and count. */
export function histogramValue(tag: string, { counts, edges }: Histogram): Buffer {
  const rows = Float64Array.from(counts.flatMap((count, at) => [edges[at] as number, edges[at + 1] as number, count]))
  const content = Buffer.from(rows.buffer) // little-endian, as all of Node's platforms are
  return value(tag, 'histograms', [wholeField(1, double), shape(counts.length, 3), field(4, content)])
}

export function imageValue(tag: string, { png, width, height }: Image): Buffer {
  const parts = [String(width), String(height), png].map((part) => field(8, part))
  return value(tag, 'images', [wholeField(1, string), shape(3), ...parts])
}

/** The hyperparameters of a run: shown on the HParams page. `start` in s since 1970. */
export function sessionStart(
  hparams: ReadonlyMap<string, HparamValue>,
  group: string | undefined,
  start: number,
): Buffer {
  const entries = [...hparams].sort(([a], [b]) => (a < b ? -1 : 1))
  const session = [
    ...entries.map(([name, given]) => field(1, field(1, name), field(2, hparamValue(given)))),
    ...(group === undefined ? [] : [field(4, group)]),
    doubleField(5, start),
  ]
  return hparamsValue('_hparams_/session_start_info', field(3, ...session))
}

/** How the run has ended. `time` in s since 1970. */
export function sessionEnd(status: Exclude<RunEnd['status'], 'killed'>, time: number): Buffer {
  return hparamsValue('_hparams_/session_end_info', field(4, wholeField(1, ends[status]), doubleField(2, time)))
}

/** Its reader drops numbers that are not finite: they are text. */
function hparamValue(given: HparamValue): Buffer {
  if (typeof given === 'boolean') return wholeField(4, Number(given))
  return typeof given === 'number' && Number.isFinite(given) ? doubleField(2, given) : field(3, String(given))
}

function hparamsValue(tag: string, content: Buffer): Buffer {
  return value(tag, 'hparams', [wholeField(1, float), shape(0)], content)
}

function value(tag: string, plugin: Plugin, tensor: Buffer[], content?: Buffer): Buffer {
  return field(1, field(1, tag), field(8, ...tensor), metadataOf(plugin, content))
}

function metadataOf(plugin: Plugin, content?: Buffer): Buffer {
  return field(9, field(1, field(1, plugin), ...(content ? [field(2, content)] : [])))
}

/** A size of 0 is proto3's default, and is left out. */
function shape(...sizes: number[]): Buffer {
  return field(2, ...sizes.map((size) => field(2, ...(size ? [wholeField(1, size)] : []))))
}
