import { crc32 } from 'node:zlib'
import { field, type RecordFile, wholeField } from 'pino-rank-metrics/sink'

// The file of an offline run is a BlockLog of records of W&B's internal protocol. A record has a number, counted from 1, and one
// message. These are the field numbers of the messages in a record:

const [history, summary, config, files, metric, outputRaw, run, exit, header] = [2, 3, 5, 6, 12, 13, 17, 18, 21]

/** A key and its value as JSON. A `/` in the key is part of the name. */
export interface Item {
  key: string
  json: string
}

/** The description of a run at its start. */
export interface RunFacts {
  id: string
  project?: string | undefined
  entity?: string | undefined
  config: Item[]
  group?: string | undefined
  jobType?: string | undefined
  name?: string | undefined
  notes?: string | undefined
  tags?: readonly string[] | undefined
  host: string
  /** In ms since 1970. */
  start: number
  /** True for a run that is continued: the upload appends to the run instead of replacing it. */
  resume?: boolean | undefined
}

/** Returns the first record of a file. */
export function headerRecord(number: number, producer: string): Buffer {
  return record(number, header, field(1, field(1, producer), field(2, '0.70.0')))
}

/** Returns the record that describes the run. */
export function runRecord(number: number, facts: RunFacts): Buffer {
  const { id, project, entity, config: items, group, jobType, name, notes, tags = [], host, start, resume } = facts
  const text = (at: number, value: string | undefined) => (value === undefined ? [] : [field(at, value)])
  const seconds = Math.floor(start / 1000)
  const nanos = Math.round((start - 1000 * seconds) * 1e6)
  return record(
    number,
    run,
    ...text(1, id),
    ...text(2, entity),
    ...text(3, project),
    ...(items.length ? [field(4, ...items.map(configField))] : []),
    ...text(6, group),
    ...text(7, jobType),
    ...text(8, name),
    ...text(9, notes),
    ...tags.map((tag) => field(10, tag)),
    field(13, host),
    field(17, whole(1, seconds), whole(2, nanos)),
    whole(24, Number(resume ?? false)),
  )
}

/** Returns a record that adds items to the run's configuration. */
export function configRecord(number: number, items: readonly Item[]): Buffer {
  return record(number, config, ...items.map(configField))
}

/** Returns the record of a row of the run's history. */
export function historyRecord(number: number, items: readonly Item[], step: number): Buffer {
  return record(number, history, ...items.map(itemField), field(2, whole(1, step)))
}

/** Returns the record with the last value of each metric. */
export function summaryRecord(number: number, items: Iterable<Item>): Buffer {
  return record(number, summary, ...Array.from(items, itemField))
}

/** Returns a record that makes this metric the x axis of all other metrics, instead of the row number. */
export function stepMetricRecord(number: number, name: string): Buffer {
  return record(number, metric, field(2, '*'), field(4, name), field(6, whole(1, 1), whole(3, 1)))
}

/** Returns a record that makes `wandb sync` upload a media file. @param path relative to the run's folder `files` */
export function mediaRecord(number: number, path: string): Buffer {
  return record(number, files, field(1, field(1, path), whole(3, 2)))
}

/** Returns the record of a line of console output. The line includes its `\n`. */
export function outputRecord(number: number, line: string): Buffer {
  return record(number, outputRaw, whole(1, 1), field(3, line))
}

/** Returns the last record of a run. @param runtime in s */
export function exitRecord(number: number, code: number, runtime: number): Buffer {
  return record(number, exit, whole(1, code), whole(2, runtime))
}

function record(number: number, kind: number, ...parts: Buffer[]): Buffer {
  return Buffer.concat([wholeField(1, number), field(kind, ...parts)])
}

function configField({ key, json }: Item): Buffer {
  return field(1, field(1, key), field(16, json))
}

function itemField({ key, json }: Item): Buffer {
  return field(1, field(2, key), field(16, json))
}

/** Returns a number field. 0 is proto3's default and is omitted. */
function whole(at: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : wholeField(at, value)
}

const blockBytes = 32_768
const chunkHeadBytes = 7
const [full, first, middle, last] = [1, 2, 3, 4] as const

/** The start of a file: `:W&B`, a magic number and version 0. It is part of the first block. */
const fileHead = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0])

/**
 * Writes records in LevelDB's log format, with W&B's file header and CRC. A file consists of blocks of 32 KiB. A record that crosses
 * the end of a block is divided into chunks. A chunk has the CRC-32 (IEEE) of its type and data, its length, its type, and its data.
 */
export class BlockLog {
  readonly #file: RecordFile
  #length = 0

  /** Returns the length of the file in bytes, including buffered records. */
  get length(): number {
    return this.#length
  }

  constructor(file: RecordFile) {
    this.#file = file
  }

  /**
   * Adds a record. Returns false if the buffer has no room, and then drops the record.
   *
   * @param counts true if the file's `drops` counts the record
   */
  put(record: Buffer, counts: boolean): boolean {
    const chunks = Math.ceil(record.length / (blockBytes - chunkHeadBytes)) + 1
    const maxBytes = fileHead.length + record.length + chunkHeadBytes * (chunks + 1)
    return this.#file.put(
      maxBytes,
      (bytes, at) => {
        const end = this.#encode(bytes, at, record)
        this.#length += end - at
        return end
      },
      counts,
    )
  }

  /** Opens the closed file again and truncates it to `length`. Returns false if there is no file. @throws the system's error */
  reopen(length: number): boolean {
    this.#length = length
    return this.#file.reopen(length)
  }

  #encode(bytes: Buffer, start: number, record: Buffer): number {
    const before = this.#length
    let at = start
    if (before === 0) at += fileHead.copy(bytes, at)
    for (let done = 0, type = 0; type !== full && type !== last; ) {
      const room = blockBytes - ((before + at - start) % blockBytes)
      if (room < chunkHeadBytes) {
        bytes.fill(0, at, at + room)
        at += room
        continue
      }
      const data = record.subarray(done, done + room - chunkHeadBytes)
      const isEnd = done + data.length === record.length
      if (type === 0) type = isEnd ? full : first
      else type = isEnd ? last : middle
      at = putChunk(bytes, at, type, data)
      done += data.length
    }
    return at
  }
}

function putChunk(bytes: Buffer, start: number, type: number, data: Buffer): number {
  bytes.writeUInt16LE(data.length, start + 4)
  bytes[start + 6] = type
  const end = start + chunkHeadBytes + data.copy(bytes, start + chunkHeadBytes)
  bytes.writeUInt32LE(crc32(bytes.subarray(start + 6, end)), start)
  return end
}
