import { type OpenFile, openFound, openStream } from './open-file.ts'

const newline = 10

/** A file that could not be read to its end. */
export interface ReadFailure {
  path: string
  error: Error
  /** True if its first part was read. */
  isPartial: boolean
}

/**
 * Reads the bytes of one source, file after file. A file that ends within a line gets a newline, so that the incomplete line
 * is not joined with the first line of the next file.
 */
export class InputFiles {
  readonly failures: ReadFailure[] = []
  /** Number of bytes read. */
  bytes = 0
  /** Number of files that end within a line, without those that could not be read to their end. */
  unfinished = 0
  readonly #paths: string[]
  readonly #isStream: boolean
  #open: OpenFile | undefined
  #path = ''
  /** Number of bytes read from the open file. `#last` is the last byte. */
  #read = 0
  #last = newline

  /** @param isStream true: the paths may be pipes and devices */
  constructor(paths: readonly string[], isStream = false) {
    this.#paths = [...paths]
    this.#isStream = isStream
  }

  /**
   * Reads bytes into a buffer: synchronously from plain files, asynchronously from compressed ones.
   *
   * @returns the number of bytes; 0 at the end
   */
  read(buffer: Buffer): number | Promise<number> {
    for (;;) {
      let read = 0
      try {
        this.#open ??= this.#next()
        if (this.#open === undefined) return 0
        const reading = this.#open.read(buffer)
        if (typeof reading !== 'number') return this.#finishRead(reading, buffer)
        read = reading
      } catch (error) {
        this.#fail(error as Error)
      }
      if (read > 0) return this.#countRead(buffer, read)
      if (this.#closeFile(buffer)) return 1
    }
  }

  async #finishRead(reading: Promise<number>, buffer: Buffer): Promise<number> {
    try {
      const read = await reading
      if (read > 0) return this.#countRead(buffer, read)
    } catch (error) {
      this.#fail(error as Error)
    }
    return this.#closeFile(buffer) ? 1 : this.read(buffer)
  }

  #countRead(buffer: Buffer, read: number): number {
    this.bytes += read
    this.#read += read
    this.#last = buffer[read - 1] as number
    return read
  }

  #next(): OpenFile | undefined {
    const path = this.#paths.shift()
    if (path === undefined) return undefined
    this.#path = path
    this.#read = 0
    return this.#isStream ? openStream(path) : openFound(path)
  }

  /** Closes the file. @returns true if its last line had no newline and one was put into the buffer */
  #closeFile(buffer: Buffer): boolean {
    this.#open?.close()
    this.#open = undefined
    if (this.#last === newline) return false
    if (this.failures.at(-1)?.path !== this.#path) this.unfinished++
    buffer[0] = this.#last = newline
    return true
  }

  #fail(error: Error): void {
    this.failures.push({ path: this.#path, error, isPartial: this.#read > 0 })
  }
}
