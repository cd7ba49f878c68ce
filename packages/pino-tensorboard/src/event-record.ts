import { field, putVarint, varintSize, wholeField } from 'pino-rank-metrics/sink'

/** Event: `wall_time=1`, `step=2`, `file_version=3`, `summary=5`, `session_log=7`. */

/** The first record of every file. */
export const fileVersion: Buffer = field(3, 'brain.Event:2')

/** Starts a session. If an earlier session of the run started, readers purge its values from this event's step on. */
export const sessionLogStart: Buffer = field(7, wholeField(1, 1))

const double = new Float64Array(1)
const doubleBytes = new Uint8Array(double.buffer)
const float = new Float32Array(1)
const floatBytes = new Uint8Array(float.buffer) // little-endian, as all of Node's platforms are
const lengthCrcs = new Uint32Array(1024)

/** Length, and a CRC of it, before an event; a CRC of the event behind it. */
export const framing = 16

/** The most that an event with a body of so many bytes takes. */
export function eventSize(body: number): number {
  return framing + 9 + 11 + body
}

/**
 * Writes an event into `bytes` from `start` on, framed; `putBody` writes its fields behind time and step, and returns where
 * they end.
 *
 * @param time in ms since 1970
 * @returns where it ends
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

/** Writes bytes, few as a rule: their own loop is faster than `set`. */
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

/** Of the eight bytes at `start`, which hold this length: nearly all records have one of a few. */
function crcOfLength(bytes: Uint8Array, start: number, length: number): number {
  const known = lengthCrcs[length]
  if (known) return known
  const crc = maskedCrc(bytes, start, start + 8)
  lengthCrcs[length] = crc // beyond its end it keeps nothing
  return crc
}

/** Writes the head of a summary whose values take so many bytes; they follow it. */
export function putSummaryHead(bytes: Buffer, at: number, size: number): number {
  bytes[at] = 0x2a
  return putVarint(bytes, at + 1, size)
}

/** Bytes of that head. */
export function summaryHeadSize(size: number): number {
  return 1 + varintSize(size)
}

/** One table for each of eight bytes that are taken together (slicing-by-8), one behind the other. */
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

/** CRC-32C (Castagnoli) of `bytes[start, end)`, as an unsigned number. */
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

/** The CRC as TensorFlow's records keep it: turned, and moved by a constant, because they hold CRCs themselves. */
export function maskedCrc(bytes: Uint8Array, start?: number, end?: number): number {
  const crc = crc32c(bytes, start, end)
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0
}
