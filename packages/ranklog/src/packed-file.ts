import { createReadStream } from 'node:fs'
import { pipeline, type Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'

/** What of zstd a Node has, from 22.15 on. */
interface Zstd {
  createZstdDecompress?: (options?: object) => Transform
  constants: { ZSTD_e_flush?: number }
}

/** A file that is packed with gzip, or with zstd where Node has it. */
export class PackedFile {
  readonly #path: string
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #given = 0
  #failed: { error: unknown } | undefined

  constructor(path: string) {
    this.#path = path
    const unpacked = pipeline(createReadStream(path), unpackerOf(path), () => {}) // an error comes out of the iterator
    this.#chunks = (unpacked as NodeJS.ReadableStream as Readable)[Symbol.asyncIterator]()
  }

  /** @throws what is wrong with the file, behind all that could be unpacked */
  async read(room: Buffer): Promise<number> {
    while (this.#rest.length === 0) {
      if (this.#failed) throw this.#failed.error
      const chunk = await this.#next()
      if (!chunk) return 0
      this.#rest = chunk
    }
    const read = this.#rest.copy(room)
    this.#rest = this.#rest.subarray(read)
    this.#given += read
    return read
  }

  close(): void {}

  async #next(): Promise<Buffer | undefined> {
    try {
      const { value, done } = await this.#chunks.next()
      return done ? undefined : value
    } catch (error) {
      this.#failed = { error }
      return lastBytes(this.#path, this.#given).catch(() => Buffer.alloc(0))
    }
  }
}

/**
 * Returns what a damaged file gives behind so many bytes. A stream that fails drops what nobody has read yet, so the file
 * is unpacked again, by a reader that takes each byte at once.
 */
async function lastBytes(path: string, skip: number): Promise<Buffer> {
  const parts: Buffer[] = []
  let at = 0
  const unpacker = unpackerOf(path, true)
  unpacker.on('data', (chunk: Buffer) => {
    if (at + chunk.length > skip) parts.push(chunk.subarray(Math.max(0, skip - at)))
    at += chunk.length
  })
  await new Promise<void>((ended) => pipeline(createReadStream(path), unpacker, () => ended()))
  return Buffer.concat(parts)
}

/** @param isCut the file may end anywhere: all that can be unpacked is given */
function unpackerOf(path: string, isCut = false): Transform {
  if (path.endsWith('.gz')) return zlib.createGunzip(isCut ? { finishFlush: zlib.constants.Z_SYNC_FLUSH } : {})
  const { createZstdDecompress, constants } = zlib as unknown as Zstd
  if (!createZstdDecompress)
    throw new Error(`zstd is not in this Node (${process.version}): unpack it, or take Node 22.15`)
  return createZstdDecompress(isCut ? { finishFlush: constants.ZSTD_e_flush } : {})
}
