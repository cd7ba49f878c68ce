import { crc32 } from 'node:zlib'
import type { RecordFile } from 'pino-rank-metrics/sink'

const block = 32_768
const chunkHead = 7
const [full, first, middle, last] = [1, 2, 3, 4] as const

/** `:W&B`, a magic number, version 0: counted in the first block. */
const fileHead = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0])

/**
 * LevelDB's log format with W&B's head and CRC: records in blocks of 32 KiB, cut into chunks where they cross one.
 * A chunk is CRC-32 (IEEE, of its type and data), length, type, data.
 */
export class BlockLog {
  readonly #file: RecordFile
  /** Bytes put so far. */
  #length = 0

  get length(): number {
    return this.#length
  }

  constructor(file: RecordFile) {
    this.#file = file
  }

  /** False: there was no room for it, and it is given up; `counts`: as one of the file's `drops`. */
  put(record: Buffer, counts: boolean): boolean {
    const chunks = Math.ceil(record.length / (block - chunkHead)) + 1
    const maxBytes = fileHead.length + record.length + chunkHead * (chunks + 1)
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
      const left = block - ((before + at - start) % block)
      if (left < chunkHead) {
        bytes.fill(0, at, at + left)
        at += left
        continue
      }
      const data = record.subarray(done, done + left - chunkHead)
      const ends = done + data.length === record.length
      if (type === 0) type = ends ? full : first
      else type = ends ? last : middle
      at = putChunk(bytes, at, type, data)
      done += data.length
    }
    return at
  }
}

function putChunk(bytes: Buffer, start: number, type: number, data: Buffer): number {
  bytes.writeUInt16LE(data.length, start + 4)
  bytes[start + 6] = type
  const end = start + chunkHead + data.copy(bytes, start + chunkHead)
  bytes.writeUInt32LE(crc32(bytes.subarray(start + 6, end)), start)
  return end
}
