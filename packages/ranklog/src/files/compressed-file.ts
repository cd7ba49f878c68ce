import { createReadStream } from 'node:fs'
import { pipeline, type Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'
import { openRegularFile } from 'pino-rank-lines/system'

/** Node's zstd functions, which exist from 22.15 on. */
interface Zstd {
  createZstdDecompress?: () => Decompressor
}

export type Compression = 'gzip' | 'zstd' | 'bzip2' | 'xz'

/** The first bytes of compressed files, and their extensions. */
const compressions: readonly [compression: Compression, magic: Buffer, end: string][] = [
  ['gzip', Buffer.from([0x1f, 0x8b]), 'gz'],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'zst'],
  ['bzip2', Buffer.from('BZh'), 'bz2'],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'xz'],
]

/** Number of bytes that {@link compressionOf} needs. */
export const magicBytes = 8

/**
 * Returns the compression of a file, by its first bytes, otherwise by its name (`x.gz` or `x.gz.1`); undefined if it has none.
 *
 * @param path the path; without it, only the first bytes count
 */
export function compressionOf(head: Buffer, path = ''): Compression | undefined {
  const [, end] = /\.(gz|zst|bz2|xz)(?:[-_.][\d.T_Z-]+)?$/.exec(path) ?? []
  const starts = compressions.find(([, magic]) => head.subarray(0, magic.length).equals(magic))
  return (starts ?? compressions.find(([, , name]) => name === end))?.[0]
}

/** Reads a file that is compressed with gzip, or with zstd if Node supports it. */
export class CompressedFile {
  readonly #path: string
  readonly #compression: Compression
  readonly #decompressor: Decompressor
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  /** Number of bytes that `read` has returned. */
  #given = 0
  #failed: { error: unknown } | undefined

  /** @param fd the descriptor of the file, which is closed at its end @throws {Error} if Node cannot decompress it */
  constructor(path: string, fd: number, compression: Compression) {
    this.#path = path
    this.#compression = compression
    this.#decompressor = decompressorOf(compression)
    const decompressed = pipeline(createReadStream('', { fd }), this.#decompressor, () => {}) // the iterator throws the error
    this.#chunks = (decompressed as NodeJS.ReadableStream as Readable)[Symbol.asyncIterator]()
  }

  /** Reads the next bytes. Of a damaged file, it first returns everything that can be decompressed. @throws the file's error */
  async read(buffer: Buffer): Promise<number> {
    while (this.#rest.length === 0) {
      if (this.#failed) throw this.#failed.error
      const chunk = await this.#next()
      if (!chunk) return 0
      this.#rest = chunk
    }
    const read = this.#rest.copy(buffer)
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
      const { bytesWritten } = this.#decompressor
      return lastBytes(this.#path, this.#compression, this.#given, bytesWritten).catch(() => Buffer.alloc(0))
    }
  }
}

/**
 * Returns everything that can be decompressed from a damaged file, after the first `skip` bytes. When zlib fails, it returns
 * nothing of the piece that it was given last. So the file is decompressed again, with smaller pieces near the damage.
 *
 * @param good number of compressed bytes at the start that are not damaged
 */
async function lastBytes(path: string, compression: Compression, skip: number, good: number): Promise<Buffer> {
  const { taken } = await decompressPieces(path, compression, Infinity, { good, length: 256 })
  return (await decompressPieces(path, compression, skip, { good: taken, length: 1 })).bytes
}

/** Decompresses a file until an error: its first `good` bytes, then pieces of `length` bytes. */
async function decompressPieces(
  path: string,
  compression: Compression,
  skip: number,
  { good, length }: { good: number; length: number },
): Promise<{ bytes: Buffer; taken: number }> {
  const parts: Buffer[] = []
  let at = 0
  let taken = 0
  const decompressor = decompressorOf(compression)
  // Node does not call the callback of a write that fails
  const failed = new Promise<boolean>((close) => decompressor.once('close', () => close(false)))
  decompressor.on('error', () => {})
  decompressor.on('data', (chunk: Buffer) => {
    if (at + chunk.length > skip) parts.push(chunk.subarray(Math.max(0, skip - at)))
    at += chunk.length
  })
  const isTaken = (piece: Buffer) =>
    Promise.race([failed, new Promise<boolean>((done) => decompressor.write(piece, () => done(true)))])
  reading: for await (const chunk of createReadStream('', { fd: openRegularFile(path) })) {
    for (let rest: Buffer = chunk; rest.length > 0; ) {
      const piece = rest.subarray(0, taken < good ? good - taken : length)
      if (!(await isTaken(piece))) break reading
      taken += piece.length
      rest = rest.subarray(piece.length)
    }
  }
  decompressor.destroy()
  return { bytes: Buffer.concat(parts), taken }
}

/** Node's streams for decompression count the compressed bytes that they have taken. */
type Decompressor = Transform & { readonly bytesWritten: number }

/** Returns the stream that decompresses. @throws {Error} if Node has none */
function decompressorOf(compression: Compression): Decompressor {
  if (compression === 'gzip') return zlib.createGunzip()
  if (compression !== 'zstd')
    throw new Error(`compressed with ${compression}, which Node cannot decompress: decompress it first`)
  const { createZstdDecompress } = zlib as unknown as Zstd
  if (createZstdDecompress) return createZstdDecompress()
  throw new Error(
    `compressed with zstd, which Node ${process.version} cannot decompress: decompress it first, or use Node 22.15 or later`,
  )
}
