import { createReadStream } from 'node:fs'
import { pipeline, type Readable, type Transform } from 'node:stream'
import zlib from 'node:zlib'
import { openRegularFile } from 'pino-rank-lines/system'

/** Node's zstd functions, which exist from 22.15 on. */
interface Zstd {
  createZstdDecompress?: () => Unpacker
}

export type Packing = 'gzip' | 'zstd' | 'bzip2' | 'xz'

/** The first bytes of packed files, and the ends of their names. */
const packings: readonly [packing: Packing, magic: Buffer, end: string][] = [
  ['gzip', Buffer.from([0x1f, 0x8b]), 'gz'],
  ['zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), 'zst'],
  ['bzip2', Buffer.from('BZh'), 'bz2'],
  ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a]), 'xz'],
]

/** The most that {@link packingOf} looks at, in bytes. */
export const magicBytes = 8

/**
 * Returns how a file is packed, by its first bytes, or else by its name: `x.gz`, or `x.gz.1`.
 *
 * @param path undefined: only the first bytes count
 */
export function packingOf(head: Buffer, path = ''): Packing | undefined {
  const [, end] = /\.(gz|zst|bz2|xz)(?:[-_.][\d.T_Z-]+)?$/.exec(path) ?? []
  const starts = packings.find(([, magic]) => head.subarray(0, magic.length).equals(magic))
  return (starts ?? packings.find(([, , name]) => name === end))?.[0]
}

/** A file that is packed with gzip, or with zstd if Node supports it. */
export class PackedFile {
  readonly #path: string
  readonly #packing: Packing
  readonly #unpacker: Unpacker
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)
  #given = 0
  #failed: { error: unknown } | undefined

  /** @param fd of the file. It is closed at the end. @throws {Error} if Node cannot unpack it */
  constructor(path: string, fd: number, packing: Packing) {
    this.#path = path
    this.#packing = packing
    this.#unpacker = unpackerOf(packing)
    const unpacked = pipeline(createReadStream('', { fd }), this.#unpacker, () => {}) // the iterator throws the error
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
      return lastBytes(this.#path, this.#packing, this.#given, this.#unpacker.bytesWritten).catch(() => Buffer.alloc(0))
    }
  }
}

/**
 * Returns what can be unpacked of a damaged file behind the first `skip` bytes. An unpacker that fails gives nothing of the
 * piece that it was given last. So the file is unpacked again, with smaller and smaller pieces where it failed.
 *
 * @param good number of packed bytes at the start that are not damaged
 */
async function lastBytes(path: string, packing: Packing, skip: number, good: number): Promise<Buffer> {
  const { taken } = await unpackPieces(path, packing, Infinity, { good, length: 256 })
  return (await unpackPieces(path, packing, skip, { good: taken, length: 1 })).bytes
}

/** Unpacks a file until that fails: its first `good` bytes, then pieces of that length. */
async function unpackPieces(
  path: string,
  packing: Packing,
  skip: number,
  { good, length }: { good: number; length: number },
): Promise<{ bytes: Buffer; taken: number }> {
  const parts: Buffer[] = []
  let at = 0
  let taken = 0
  const unpacker = unpackerOf(packing)
  // Node does not call the callback of a write that fails.
  const failed = new Promise<boolean>((close) => unpacker.once('close', () => close(false)))
  unpacker.on('error', () => {})
  unpacker.on('data', (chunk: Buffer) => {
    if (at + chunk.length > skip) parts.push(chunk.subarray(Math.max(0, skip - at)))
    at += chunk.length
  })
  const isTaken = (piece: Buffer) =>
    Promise.race([failed, new Promise<boolean>((done) => unpacker.write(piece, () => done(true)))])
  reading: for await (const chunk of createReadStream('', { fd: openRegularFile(path) })) {
    for (let rest: Buffer = chunk; rest.length > 0; ) {
      const piece = rest.subarray(0, taken < good ? good - taken : length)
      if (!(await isTaken(piece))) break reading
      taken += piece.length
      rest = rest.subarray(piece.length)
    }
  }
  unpacker.destroy()
  return { bytes: Buffer.concat(parts), taken }
}

/** Node's unpackers count the packed bytes that they have taken. */
type Unpacker = Transform & { readonly bytesWritten: number }

/** @throws {Error} if Node cannot unpack it */
function unpackerOf(packing: Packing): Unpacker {
  if (packing === 'gzip') return zlib.createGunzip()
  if (packing !== 'zstd') throw new Error(`packed with ${packing}, which Node cannot unpack: unpack it first`)
  const { createZstdDecompress } = zlib as unknown as Zstd
  if (createZstdDecompress) return createZstdDecompress()
  throw new Error(`zstd is not in this Node (${process.version}): unpack it, or take Node 22.15`)
}
