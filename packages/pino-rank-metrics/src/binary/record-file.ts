import { closeSync, constants, existsSync, ftruncateSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { folderMode, makeFolder, writeAll } from 'pino-rank-lines/system'

export interface RecordFileOptions {
  /** Returns the file's path. Called again with a higher number while a file of that name exists. */
  path(attempt: number): string
  /** Permission bits of the file, before the umask. New folders get the matching bits. @default 0o640 */
  mode?: number
  /** Maximum size of the buffered records, in bytes. @default 16 MiB */
  queueBytes?: number
}

const batchBytes = 2 ** 16
const maxAttempts = 1000

/**
 * A file of binary records that only one process writes. It is created exclusively at the first write, and written in
 * batches. A short write is continued, because nobody else writes there. If a write fails, the records stay buffered
 * until the next `flush`. Beyond `queueBytes` new records are dropped whole, and `put` returns false.
 */
export class RecordFile {
  /** Number of writes that succeeded. */
  flushes = 0
  /** Number of attempts to write that failed. */
  errors = 0
  /** Number of counted records that were dropped: because the buffer was full, or because closing failed. */
  drops = 0
  /** The file's path once it is created. */
  path: string | undefined
  /** Permission bits, before the umask. */
  readonly mode: number
  readonly #options: RecordFileOptions
  readonly #maxBytes: number
  #fd: number | undefined
  #bytes = Buffer.allocUnsafeSlow(batchBytes)
  #used = 0
  #written = 0
  #isFailing = false
  /** Offsets in the buffer at which the counted records end. */
  #recordEnds: number[] = []

  constructor(options: RecordFileOptions) {
    this.#options = options
    this.mode = options.mode ?? 0o640
    this.#maxBytes = options.queueBytes ?? 2 ** 24
  }

  /** Length of the file in bytes once everything that is buffered is written. */
  get length(): number {
    return this.#written + this.#used
  }

  /**
   * Adds a record of at most `maxBytes` bytes to the buffer, and writes the buffer once it is a full batch. If that write
   * fails, the next `flush` throws. Returns false, without calling `encode`, if the buffer has no room.
   *
   * @param encode writes the record into `bytes` at offset `at`, and returns the offset of its end
   * @param counts true if `drops` counts the record. @default true
   */
  put(maxBytes: number, encode: (bytes: Buffer, at: number) => number, counts = true): boolean {
    if (this.#used + maxBytes > this.#maxBytes && this.#used > 0) {
      if (counts) this.drops++
      return false
    }
    if (this.#used + maxBytes > this.#bytes.length) this.#grow(this.#used + maxBytes)
    this.#used = encode(this.#bytes, this.#used)
    if (counts) this.#recordEnds.push(this.#used)
    if (this.#used >= batchBytes && !this.#isFailing) this.#tryWrite()
    return true
  }

  /** Creates the file, unless this object has created it already. @throws the system's error */
  open(): void {
    this.#open()
  }

  /** Writes the buffered records. @throws the system's error if that fails; the records then stay buffered */
  flush(): void {
    const error = this.#tryWrite()
    if (error) throw error
  }

  /** Writes the buffered records and closes the file. @throws as `flush`; the buffered records are then dropped */
  close(): void {
    const error = this.#tryWrite()
    this.drops += this.#recordEnds.length
    this.#recordEnds = []
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

  #tryWrite(): Error | undefined {
    try {
      if (this.#used > 0) this.#write(this.#open())
      this.#isFailing = false
      return undefined
    } catch (error) {
      this.errors++
      this.#isFailing = true
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
      this.#recordEnds = this.#recordEnds.flatMap((end) => (end > done ? [end - done] : []))
    }
  }

  #open(): number {
    if (this.#fd !== undefined) return this.#fd
    for (let attempt = 0; ; attempt++) {
      const path = this.#options.path(attempt)
      try {
        makeFolder(dirname(path), folderMode(this.mode))
        this.#fd = openSync(path, 'wx', this.mode)
        this.path = path
        return this.#fd
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt === maxAttempts) throw error
      }
    }
  }

  #grow(minBytes: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(minBytes, 2 * this.#bytes.length))
    this.#bytes.copy(bytes, 0, 0, this.#used)
    this.#bytes = bytes
  }
}
