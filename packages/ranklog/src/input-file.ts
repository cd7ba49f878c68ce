import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { PackedFile } from './packed-file.ts'

const newline = 10

/** A file that could not be read. */
export interface ReadFailure {
  path: string
  error: Error
  /** Its first part was read. */
  isPartial: boolean
}

/** One file of a source, read from its beginning. */
export interface OpenFile {
  /** Puts bytes into a buffer. @returns how many; 0 at the end */
  read(room: Buffer): number | Promise<number>
  close(): void
}

/**
 * Bytes of one source, file after file. A file that ends within a line is given a newline, so that the line stands alone:
 * the next file may be that of another process.
 */
export class InputFiles {
  readonly failures: ReadFailure[] = []
  /** Bytes that were read. */
  bytes = 0
  /** Files that end within a line, without those that could not be read to their end. */
  unfinished = 0
  readonly #paths: string[]
  #open: OpenFile | undefined
  #path = ''
  /** Of the open file: bytes that were read, and the last of them. */
  #read = 0
  #last = newline

  constructor(paths: readonly string[]) {
    this.#paths = [...paths]
  }

  /** Puts bytes into a buffer. @returns how many; 0 at the end. Plain files are read at once, packed ones when they are ready */
  read(room: Buffer): number | Promise<number> {
    for (;;) {
      let read = 0
      try {
        this.#open ??= this.#next()
        if (this.#open === undefined) return 0
        const reading = this.#open.read(room)
        if (typeof reading !== 'number') return this.#later(reading, room)
        read = reading
      } catch (error) {
        this.#fail(error as Error)
      }
      if (read > 0) return this.#took(room, read)
      if (this.#leave(room)) return 1
    }
  }

  async #later(reading: Promise<number>, room: Buffer): Promise<number> {
    try {
      const read = await reading
      if (read > 0) return this.#took(room, read)
    } catch (error) {
      this.#fail(error as Error)
    }
    return this.#leave(room) ? 1 : this.read(room)
  }

  #took(room: Buffer, read: number): number {
    this.bytes += read
    this.#read += read
    this.#last = room[read - 1] as number
    return read
  }

  #next(): OpenFile | undefined {
    const path = this.#paths.shift()
    if (path === undefined) return undefined
    this.#path = path
    this.#read = 0
    return /\.(gz|zst)$/.test(path) ? new PackedFile(path) : new PlainFile(path)
  }

  /** Closes the file. @returns whether the newline that its last line lacked was put into the buffer */
  #leave(room: Buffer): boolean {
    this.#open?.close()
    this.#open = undefined
    if (this.#last === newline) return false
    if (this.failures.at(-1)?.path !== this.#path) this.unfinished++
    room[0] = this.#last = newline
    return true
  }

  #fail(error: Error): void {
    this.failures.push({ path: this.#path, error, isPartial: this.#read > 0 })
  }
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
