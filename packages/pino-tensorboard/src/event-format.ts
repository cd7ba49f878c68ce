import {
  doubleField,
  field,
  type Histogram,
  type Hparam,
  type Image,
  putVarint,
  type RunEnd,
  varintSize,
  wholeField,
} from 'pino-rank-metrics/sink'

// Fields of the message Event: `wall_time=1`, `step=2`, `file_version=3`, `summary=5`, `session_log=7`.

/** Body of the first event of every file. */
export const fileVersion: Buffer = field(3, 'brain.Event:2')

/** Body of the event that starts a session. If the run has an earlier session, readers purge its values from this step on. */
export const sessionLogStart: Buffer = field(7, wholeField(1, 1))

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)
const float = new Float32Array(1)
const floatBytes = new Uint8Array(float.buffer) // little-endian, as on every platform of Node
const lengthCrcs = new Uint32Array(1024)

/** Number of bytes around an event: its length and the CRC of the length before it, and the CRC of the event after it. */
const framing = 16

/** Returns the maximum size of an event with a body of this many bytes. */
export function eventSize(body: number): number {
  return framing + 9 + 11 + body
}

/**
 * Writes an event with its framing into `bytes` at `start`. Returns the offset of its end.
 *
 * @param time in ms since 1970
 * @param putBody writes the fields after time and step, and returns the offset of their end
 */
export function putEvent(
  bytes: Buffer,
  start: number,
  time: number,
  step: number,
  putBody: (bytes: Buffer, at: number) => number,
): number {
  const data = start + 12
  bytes[data] = 0x09
  double[0] = time / 1000
  let at = putAll(bytes, data + 1, doubleBytes)
  if (step !== 0) {
    bytes[at] = 0x10
    at = putVarint(bytes, at + 1, step)
  }
  at = putBody(bytes, at)
  putWord(bytes, start, at - data)
  putWord(bytes, start + 4, 0)
  putWord(bytes, start + 8, crcOfLength(bytes, start, at - data))
  return putWord(bytes, at, maskedCrc(bytes, data, at))
}

/** Copies `from` into `bytes`. Returns the offset of its end. A loop is faster than `set` for the few bytes that are usual here. */
export function putAll(bytes: Uint8Array, start: number, from: Uint8Array): number {
  const { length } = from
  if (length > 64) bytes.set(from, start)
  else for (let at = 0; at < length; at++) bytes[start + at] = from[at] as number
  return start + length
}

/** Writes a float32, little-endian. */
export function putFloat(bytes: Uint8Array, at: number, value: number): void {
  float[0] = value
  putAll(bytes, at, floatBytes)
}

function putWord(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
  return at + 4
}

/** Returns the CRC of a length, which is in the eight bytes at `start`. It is cached, because most events have one of a few lengths. */
function crcOfLength(bytes: Uint8Array, start: number, length: number): number {
  const known = lengthCrcs[length]
  if (known) return known
  const crc = maskedCrc(bytes, start, start + 8)
  lengthCrcs[length] = crc // no effect beyond the end of the array
  return crc
}

/** Writes the header of a summary, before its values of `size` bytes. Returns the offset of its end. */
export function putSummaryHead(bytes: Buffer, at: number, size: number): number {
  bytes[at] = 0x2a
  return putVarint(bytes, at + 1, size)
}

/** Returns the size of the header of a summary with values of `size` bytes. */
export function summaryHeadSize(size: number): number {
  return 1 + varintSize(size)
}

/** The eight tables of the CRC algorithm slicing-by-8, one after the other. */
const tables = new Int32Array(8 * 256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0)
  tables[byte] = crc
}
for (let at = 256; at < tables.length; at++) {
  const before = tables[at - 256] as number
  tables[at] = (before >>> 8) ^ (tables[before & 255] as number)
}

/** Returns the CRC-32C (Castagnoli) of `bytes[start, end)` as an unsigned number. */
export function crc32c(bytes: Uint8Array, start = 0, end: number = bytes.length): number {
  let crc = -1
  let at = start
  for (; end - at >= 8; at += 8) {
    const low =
      crc ^
      ((bytes[at] as number) |
        ((bytes[at + 1] as number) << 8) |
        ((bytes[at + 2] as number) << 16) |
        ((bytes[at + 3] as number) << 24))
    crc =
      (tables[1792 + (low & 255)] as number) ^
      (tables[1536 + ((low >>> 8) & 255)] as number) ^
      (tables[1280 + ((low >>> 16) & 255)] as number) ^
      (tables[1024 + (low >>> 24)] as number) ^
      (tables[768 + (bytes[at + 4] as number)] as number) ^
      (tables[512 + (bytes[at + 5] as number)] as number) ^
      (tables[256 + (bytes[at + 6] as number)] as number) ^
      (tables[bytes[at + 7] as number] as number)
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] as number)) & 255] as number)
  return ~crc >>> 0
}

/** Returns the CRC in the form of TFRecord files: rotated, plus a constant, because a record may itself contain CRCs. */
export function maskedCrc(bytes: Uint8Array, start?: number, end?: number): number {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}

/** A hyperparameter that TensorBoard can show. TensorBoard has no null. */
export type HparamValue = Exclude<Hparam, null>

// Fields of the message Summary.Value: `tag=1`, `simple_value=2`, `tensor=8`, `metadata=9`.

/** Types of a tensor: `DT_FLOAT`, `DT_DOUBLE`, `DT_STRING`. */
const [floatType, doubleType, stringType] = [1, 2, 7]

/** The plugin decides how TensorBoard shows a tag. TensorBoard reads the metadata of a tag's first value only. */
type Plugin = 'scalars' | 'text' | 'histograms' | 'images' | 'hparams'

const ends = { finished: 1, failed: 2 } as const

/** An encoded scalar, and the offset of its float32. */
export interface ScalarValue {
  bytes: Buffer
  valueAt: number
}

/** Encodes a scalar. @param first true for the first value of its tag in the file, which needs the metadata */
export function scalarValue(tag: string, first: boolean): ScalarValue {
  const number = Buffer.alloc(4)
  const tensor = field(8, wholeField(1, floatType), shape(), field(5, number))
  const metadata = first ? metadataOf('scalars') : Buffer.alloc(0)
  const bytes = field(1, field(1, tag), tensor, metadata)
  return { bytes, valueAt: bytes.length - metadata.length - number.length }
}

/** Encodes a scalar in the older form, without metadata. Readers convert it to the newer form. */
export function simpleValue(tag: string): ScalarValue {
  const number = Buffer.from([0x15, 0, 0, 0, 0])
  const bytes = field(1, field(1, tag), number)
  return { bytes, valueAt: bytes.length - 4 }
}

/** Encodes a text. */
export function textValue(tag: string, text: string): Buffer {
  return value(tag, 'text', [wholeField(1, stringType), shape(), field(8, text)])
}

/** Encodes a histogram: a row of left edge, right edge and count for each bin. */
export function histogramValue(tag: string, { counts, edges }: Histogram): Buffer {
  const rows = Float64Array.from(counts.flatMap((count, at) => [edges[at] as number, edges[at + 1] as number, count]))
  const content = Buffer.from(rows.buffer) // little-endian, as on every platform of Node
  return value(tag, 'histograms', [wholeField(1, doubleType), shape(counts.length, 3), field(4, content)])
}

/** Encodes an image: its width, its height and the PNG. */
export function imageValue(tag: string, { png, width, height }: Image): Buffer {
  const parts = [String(width), String(height), png].map((part) => field(8, part))
  return value(tag, 'images', [wholeField(1, stringType), shape(3), ...parts])
}

/** Encodes the hyperparameters of a run, for the HParams page. @param start in s since 1970 */
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

/** Encodes the end of a run, for the HParams page. @param time in s since 1970 */
export function sessionEnd(status: Exclude<RunEnd['status'], 'killed'>, time: number): Buffer {
  return hparamsValue('_hparams_/session_end_info', field(4, wholeField(1, ends[status]), doubleField(2, time)))
}

/** Encodes a hyperparameter. TensorBoard drops numbers that are not finite, so these are written as strings. */
function hparamValue(given: HparamValue): Buffer {
  if (typeof given === 'boolean') return wholeField(4, Number(given))
  return typeof given === 'number' && Number.isFinite(given) ? doubleField(2, given) : field(3, String(given))
}

function hparamsValue(tag: string, content: Buffer): Buffer {
  return value(tag, 'hparams', [wholeField(1, floatType), shape(0)], content)
}

function value(tag: string, plugin: Plugin, tensor: Buffer[], content?: Buffer): Buffer {
  return field(1, field(1, tag), field(8, ...tensor), metadataOf(plugin, content))
}

function metadataOf(plugin: Plugin, content?: Buffer): Buffer {
  return field(9, field(1, field(1, plugin), ...(content ? [field(2, content)] : [])))
}

/** Encodes the shape of a tensor. A size of 0 is proto3's default and is omitted. */
function shape(...sizes: number[]): Buffer {
  return field(2, ...sizes.map((size) => field(2, ...(size ? [wholeField(1, size)] : []))))
}
