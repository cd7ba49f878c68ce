import { field, putVarint, varintSize, wholeField } from 'pino-rank-metrics/sink'
import { maskedCrc } from './crc32c.ts'

/** Event: `wall_time=1`, `step=2`, `file_version=3`, `summary=5`, `session_log=7`. */

/** The first record of every file. */
export const fileVersion: Buffer = field(3, 'brain.Event:2')

/** The run starts here, or again: its reader forgets what it had of this step and later ones. */
export const sessionLogStart: Buffer = field(7, wholeField(1, 1))

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
  let at = bytes.writeDoubleLE(time / 1000, data + 1)
  if (step !== 0) {
    bytes[at] = 0x10
    at = putVarint(bytes, at + 1, step)
  }
  at = putBody(bytes, at)
  bytes.writeUInt32LE(at - data, start)
  bytes.writeUInt32LE(0, start + 4)
  bytes.writeUInt32LE(maskedCrc(bytes, start, start + 8), start + 8)
  return bytes.writeUInt32LE(maskedCrc(bytes, data, at), at)
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
