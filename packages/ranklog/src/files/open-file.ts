import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { openRegularFile } from 'pino-rank-lines/system'
import { CompressedFile, compressionOf, magicBytes } from './compressed-file.ts'

/** One file of a source, read from its beginning. */
export interface OpenFile {
  /** Reads bytes into a buffer. @returns the number of bytes; 0 at the end */
  read(buffer: Buffer): number | Promise<number>
  close(): void
}

/** Opens a pipe or a device that was named. Waits for the writer of a FIFO. @throws the system's error */
export function openStream(path: string): OpenFile {
  const compression = compressionOf(Buffer.alloc(0), path) // its first bytes can be read only once
  const fd = openSync(path, 'r')
  return compression ? new CompressedFile(path, fd, compression) : new PlainFile(fd)
}

/**
 * Opens a regular file. If it was compressed since it was found, opens the compressed file.
 *
 * @throws EINVAL if it is no regular file, and the system's error
 */
export function openFound(path: string): OpenFile {
  const compressed = `${path}.gz`
  try {
    return openFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || !existsSync(compressed)) throw error
    return openFile(compressed)
  }
}

function openFile(path: string): OpenFile {
  const fd = openRegularFile(path)
  try {
    const head = Buffer.alloc(magicBytes)
    const compression = compressionOf(head.subarray(0, readSync(fd, head, 0, magicBytes, 0)), path)
    return compression ? new CompressedFile(path, fd, compression) : new PlainFile(fd)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** A file that is not compressed, so that its last bytes can be read without the others. */
class PlainFile implements OpenFile {
  readonly #fd: number

  constructor(fd: number) {
    this.#fd = fd
  }

  read(buffer: Buffer): number {
    return readSync(this.#fd, buffer, 0, buffer.length, null)
  }

  /** Returns the size of a regular file, and its last bytes. */
  end(maxBytes: number): { bytes: Buffer; size: number } {
    const { size } = fstatSync(this.#fd)
    const bytes = Buffer.allocUnsafe(Math.min(size, maxBytes))
    return { bytes: bytes.subarray(0, readSync(this.#fd, bytes, 0, bytes.length, size - bytes.length)), size }
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** The end of a file. */
export interface FileEnd {
  text: string
  /** Size of the whole file, after decompression, in bytes. */
  size: number
  /** True if the text is the whole file. */
  isWhole: boolean
}

/**
 * Returns the last bytes of a regular file. A compressed file is decompressed from its beginning, a damaged one as far as possible.
 *
 * @throws EINVAL if it is no regular file, and the system's error
 */
export async function endOf(path: string, maxBytes: number): Promise<FileEnd> {
  const file = openFound(path)
  const { bytes, size } = file instanceof PlainFile ? file.end(maxBytes) : await decompressedEnd(file, maxBytes)
  file.close()
  return { text: bytes.toString('utf8'), size, isWhole: size <= maxBytes }
}

async function decompressedEnd(file: OpenFile, maxBytes: number): Promise<{ bytes: Buffer; size: number }> {
  const buffer = Buffer.allocUnsafe(2 ** 16)
  let bytes: Buffer = Buffer.alloc(0)
  let size = 0
  try {
    for (let read = await file.read(buffer); read > 0; read = await file.read(buffer)) {
      bytes = Buffer.concat([bytes, buffer.subarray(0, read)]).subarray(-maxBytes)
      size += read
    }
  } catch (error) {
    if (size === 0) throw error
  }
  return { bytes, size }
}
