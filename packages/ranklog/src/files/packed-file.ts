import { createReadStream } from 'node:fs'
import { pipeline, type Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'

/** Node's zstd functions, which exist from 22.15 on. */
interface Zstd {
  createZstdDecompress?: (options?: object) => Transform
  constants: { ZSTD_e_flush?: number }
}

/** A file that is packed with gzip, or with zstd if Node supports it. */
export class PackedFile {
  readonly #path: string
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #given = 0
  #failed: { error: unknown } | undefined

  constructor(path: string) {
    this.#path = path
    const unpacked = pipeline(createReadStream(path), unpackerOf(path), () => {}) // the iterator throws the error
    this.#chunks = (unpacked as NodeJS.ReadableStream as Readable)[Symbol.asyncIterator]()
  }

  /** @throws the file's error, after everything that could be unpacked */
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
 * Returns the bytes of a damaged file behind the first `skip` bytes. A stream that fails discards what was not read yet, so the
 * file is unpacked again by a reader that takes each byte at once.
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

/** @param isCut true if the file may end anywhere; it then returns everything that can be unpacked */
function unpackerOf(path: string, isCut = false): Transform {
  if (path.endsWith('.gz')) return zlib.createGunzip(isCut ? { finishFlush: zlib.constants.Z_SYNC_FLUSH } : {})
  const { createZstdDecompress, constants } = zlib as unknown as Zstd
  if (!createZstdDecompress)
    throw new Error(`zstd is not in this Node (${process.version}): unpack it, or take Node 22.15`)
  return createZstdDecompress(isCut ? { finishFlush: constants.ZSTD_e_flush } : {})
}
