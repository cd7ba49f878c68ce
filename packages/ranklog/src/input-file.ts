import { closeSync, createReadStream, fstatSync, openSync, readSync } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import zlib from 'node:zlib'

/** Bytes of one source, file after file: `read` puts some into a buffer, 0 at the end. */
export class InputFiles {
  /** Files that could not be read, with why. */
  readonly failures: { path: string; error: Error }[] = []
  /** Bytes read from the disk. */
  bytes = 0
  readonly #paths: string[]
  #open: OpenFile | undefined
  #path = ''

  constructor(paths: readonly string[]) {
    this.#paths = [...paths]
  }

  /** Plain files are read at once, packed ones when they are ready. */
  read(room: Buffer): number | Promise<number> {
    for (;;) {
      try {
        this.#open ??= this.#next()
        if (this.#open === undefined) return 0
        const read = this.#open.read(room)
        if (typeof read !== 'number') return this.#later(read, room)
        if (read > 0) {
          this.bytes += read
          return read
        }
        this.#open.close()
      } catch (error) {
        this.#fail(error as Error)
      }
      this.#open = undefined
    }
  }

  async #later(reading: Promise<number>, room: Buffer): Promise<number> {
    try {
      const read = await reading
      if (read > 0) {
        this.bytes += read
        return read
      }
    } catch (error) {
      this.#fail(error as Error)
    }
    this.#open = undefined
    return this.read(room)
  }

  #next(): OpenFile | undefined {
    const path = this.#paths.shift()
    if (path === undefined) return undefined
    this.#path = path
    return /\.(gz|zst)$/.test(path) ? new PackedFile(path) : new PlainFile(path)
  }

  #fail(error: Error): void {
    this.failures.push({ path: this.#path, error })
  }
}

interface OpenFile {
  read(room: Buffer): number | Promise<number>
  close(): void
}

class PlainFile implements OpenFile {
  readonly #fd: number

  constructor(path: string) {
    this.#fd = openSync(path, 'r')
    if (fstatSync(this.#fd).isDirectory()) {
      closeSync(this.#fd)
      throw Object.assign(new Error(`EISDIR: illegal operation on a directory, read '${path}'`), { code: 'EISDIR' })
    }
  }

  read(room: Buffer): number {
    return readSync(this.#fd, room, 0, room.length, null)
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** gzip, and zstd where Node has it. */
class PackedFile implements OpenFile {
  readonly #chunks: AsyncIterator<Buffer>
  #rest: Buffer = Buffer.alloc(0)

  constructor(path: string) {
    const unpacked = pipeline(createReadStream(path), unpackerOf(path), () => {}) // an error comes out of the iterator
    this.#chunks = (unpacked as NodeJS.ReadableStream as Readable)[Symbol.asyncIterator]()
  }

  async read(room: Buffer): Promise<number> {
    while (this.#rest.length === 0) {
      const { value, done } = await this.#chunks.next()
      if (done) return 0
      this.#rest = value
    }
    const read = this.#rest.copy(room)
    this.#rest = this.#rest.subarray(read)
    return read
  }

  close(): void {}
}

function unpackerOf(path: string): NodeJS.ReadWriteStream {
  if (path.endsWith('.gz')) return zlib.createGunzip()
  const { createZstdDecompress } = zlib as { createZstdDecompress?: () => NodeJS.ReadWriteStream }
  if (!createZstdDecompress)
    throw new Error(`zstd is not in this Node (${process.version}): unpack it, or take Node 22.15`)
  return createZstdDecompress()
}
