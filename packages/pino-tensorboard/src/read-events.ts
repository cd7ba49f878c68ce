import { createReadStream } from 'node:fs'
import { openRegularFile } from 'pino-rank-lines/system'
import { type Field, fieldsOf } from 'pino-rank-metrics/sink'
import { maskedCrc } from './event-format.ts'

/** An event of a file. It has only the fields that pino-tensorboard writes. */
export interface TensorboardEvent {
  /** In ms since 1970. */
  time: number
  step: number
  /** Version of the file format, in the first event of a file. */
  fileVersion?: string
  /** 1 if the event starts a session. */
  sessionLog?: number
  values: TensorboardValue[]
}

export interface TensorboardValue {
  tag: string
  /** The plugin of TensorBoard that shows the tag. Undefined for later values of a tag, which have the plugin of the first one. */
  plugin?: string
  /** Data of the plugin besides the value, as protobuf. Hyperparameters are such data. */
  content?: Buffer
  /** A scalar, as float32; texts; rows of a histogram (left edge, right edge, count); width, height and PNG of an image. */
  value: number | Buffer[] | number[]
}

/** A record that is damaged. A torn last record, in which a process was killed, is not an error. */
export class EventFileError extends Error {
  override readonly name = 'EventFileError'
}

const maxRecordBytes = 2 ** 31

/**
 * Yields the events of a file, in order. Ignores a torn last record: its process is still writing it, or was killed.
 *
 * @throws {EventFileError} with the byte offset, for a wrong CRC or a record that is not an event
 * @throws EINVAL if the file is a FIFO or a device, or the system's error
 */
export async function* readEvents(file: string): AsyncGenerator<TensorboardEvent> {
  let rest = Buffer.alloc(0)
  let start = 0
  for await (const chunk of createReadStream('', { fd: openRegularFile(file) })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
    let at = 0
    while (rest.length - at >= 12) {
      const damaged = (what: string) => new EventFileError(`${file}: byte ${start + at}: ${what}`)
      if (maskedCrc(rest, at, at + 8) !== rest.readUInt32LE(at + 8)) throw damaged('the CRC of the length is wrong')
      const length = Number(rest.readBigUInt64LE(at))
      if (length > maxRecordBytes) throw damaged(`the length ${length} is larger than ${maxRecordBytes}`)
      const end = at + 12 + length
      if (rest.length < end + 4) break
      if (maskedCrc(rest, at + 12, end) !== rest.readUInt32LE(end)) throw damaged('the CRC of the record is wrong')
      try {
        yield eventOf(rest.subarray(at + 12, end))
      } catch (error) {
        if (error instanceof RangeError) throw damaged(`the record is not an event: ${error.message}`)
        throw error
      }
      at = end + 4
    }
    rest = rest.subarray(at)
    start += at
  }
}

function eventOf(message: Buffer): TensorboardEvent {
  const event: TensorboardEvent = { time: 0, step: 0, values: [] }
  for (const { number, value } of fieldsOf(message)) {
    if (number === 1) event.time = (value as Buffer).readDoubleLE() * 1000
    else if (number === 2) event.step = Number(BigInt.asIntN(64, value as bigint))
    else if (number === 3) event.fileVersion = String(value)
    else if (number === 5) event.values = embedded(value, 1).map(summaryValueOf)
    else if (number === 7) event.sessionLog = Number(first(value as Buffer, 1) ?? 0)
  }
  return event
}

function summaryValueOf(message: Buffer): TensorboardValue {
  const found: TensorboardValue = { tag: '', value: NaN }
  for (const { number, value } of fieldsOf(message)) {
    if (number === 1) found.tag = String(value)
    else if (number === 2) found.value = (value as Buffer).readFloatLE()
    else if (number === 8) found.value = tensorOf(value as Buffer)
    else if (number === 9) {
      const [plugin] = embedded(value, 1)
      found.plugin = String(plugin ? (first(plugin, 1) ?? '') : '')
      const content = plugin && first(plugin, 2)
      if (content) found.content = content as Buffer
    }
  }
  return found
}

function tensorOf(message: Buffer): TensorboardValue['value'] {
  const texts: Buffer[] = []
  for (const { number, value } of fieldsOf(message)) {
    if (number === 4) return doubles(value as Buffer)
    if (number === 5) return (value as Buffer).length >= 4 ? (value as Buffer).readFloatLE() : []
    if (number === 8) texts.push(value as Buffer)
  }
  return texts
}

function doubles(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 8) }, (_, at) => bytes.readDoubleLE(8 * at))
}

function embedded(message: bigint | Buffer, number: number): Buffer[] {
  return [...fieldsOf(message as Buffer)].filter((field) => field.number === number).map(({ value }) => value as Buffer)
}

function first(message: Buffer, number: number): Field['value'] | undefined {
  for (const field of fieldsOf(message)) if (field.number === number) return field.value
  return undefined
}
