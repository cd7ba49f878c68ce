import { closeSync, constants, existsSync, ftruncateSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, writeAll } from 'pino-rank-lines/system'

export interface RecordFileOptions {
  /** The file's path; asked again with a higher number as long as there is a file of that name. */
  path(attempt: number): string
  /** Permission bits, before the umask. @default 0o640 */
  mode?: number
  /** What may wait, in bytes. @default 16 MiB */
  queueBytes?: number
}

const batch = 2 ** 16
const attempts = 1000

/**
 * A file of binary records that one process has for itself: made, exclusively, at the first write, and written in batches.
 * A short write is continued, because nobody else writes there. What a failing disk does not take waits for the next
 * `flush`, and beyond `queueBytes` new records are given up whole: `put` says so.
 */
export class RecordFile {
  /** Writes that were done, and that failed. */
  flushes = 0
  errors = 0
  /** Counted records that were given up: refused, or still waiting when it was closed in vain. */
  drops = 0
  /** Where the file is, once it is there. */
  path: string | undefined
  readonly #options: RecordFileOptions
  readonly #limit: number
  #fd: number | undefined
  #bytes = Buffer.allocUnsafeSlow(batch)
  #used = 0
  #written = 0
  #failing = false
  /** Where in the buffer the counted records end. */
  #ends: number[] = []

  constructor(options: RecordFileOptions) {
    this.#options = options
    this.#limit = options.queueBytes ?? 2 ** 24
  }

  /** Length of the file in bytes once everything that is buffered is written. */
  get length(): number {
    return this.#written + this.#used
  }

  /**
   * Lets `encode` write a record of at most `maxBytes` bytes into the buffer at a place; it returns where the record ends. False:
   * there is no room, and it was not asked. A full batch is written; a fault of that shows at the next `flush`.
   *
   * @param counts is it one that `drops` counts? @default true
   */
  put(maxBytes: number, encode: (bytes: Buffer, at: number) => number, counts = true): boolean {
    if (this.#used + maxBytes > this.#limit && this.#used > 0) {
      if (counts) this.drops++
      return false
    }
    if (this.#used + maxBytes > this.#bytes.length) this.#grow(this.#used + maxBytes)
    this.#used = encode(this.#bytes, this.#used)
    if (counts) this.#ends.push(this.#used)
    if (this.#used >= batch && !this.#failing) this.#try()
    return true
  }

  /** Makes the file, where it is not there yet. @throws the system's error */
  open(): void {
    this.#open()
  }

  /** Writes what waits. @throws the system's error, where the disk does not take it */
  flush(): void {
    const error = this.#try()
    if (error) throw error
  }

  /** @throws as `flush`; then what waits is given up */
  close(): void {
    const error = this.#try()
    this.drops += this.#ends.length
    this.#ends = []
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
    if (error) throw error
  }

  /**
   * Opens the file again after a `close` that wrote everything, and truncates it to `length`. Returns false if no file was
   * created, or if it no longer exists.
   *
   * @throws the system's error
   */
  reopen(length: number): boolean {
    if (this.path === undefined || !existsSync(this.path)) return false
    this.#fd = openSync(this.path, constants.O_WRONLY | constants.O_APPEND)
    ftruncateSync(this.#fd, length)
    this.#written = length
    return true
  }

  #try(): Error | undefined {
    try {
      if (this.#used > 0) this.#write(this.#open())
      this.#failing = false
      return undefined
    } catch (error) {
      this.errors++
      this.#failing = true
      return error as Error
    }
  }

  #write(fd: number): void {
    let done = 0
    try {
      const onWritten = (count: number) => {
        done += count
      }
      writeAll(fd, this.#bytes.subarray(0, this.#used), { onWritten })
      this.flushes++
    } finally {
      this.#bytes.copyWithin(0, done, this.#used)
      this.#used -= done
      this.#written += done
      this.#ends = this.#ends.flatMap((end) => (end > done ? [end - done] : []))
    }
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd
    for (let attempt = 0; ; attempt++) {
      const path = this.#options.path(attempt)
      try {
        makeFolder(dirname(path))
        this.#fd = openSync(path, 'wx', this.#options.mode ?? 0o640)
        this.path = path
        return this.#fd
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === attempts) throw error
      }
    }
  }

  #grow(minBytes: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(minBytes, 2 * this.#bytes.length))
    this.#bytes.copy(bytes, 0, 0, this.#used)
    this.#bytes = bytes
  }
}
