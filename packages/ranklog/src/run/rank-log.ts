import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expandPath, rankSuffix } from 'pino-rank/sink'
import { hasTornEnd, makeFolder, writeAllAsync } from 'pino-rank-lines/system'
import { InputError } from '../cli/index.ts'

/** Maximum number of bytes that wait for the file. A rank that prints faster has to wait. */
const maxPendingBytes = 2 ** 20
const tailBytes = 2 ** 13
const maxLastLines = 20
const newline = 10

/** The output of one rank: lines of both its streams in one file, if it has a file, and the last lines in memory. */
export class RankLog {
  readonly #onError: (error: Error) => void
  #fd: number | undefined
  /** The last bytes of the output. They are at the end of the buffer. */
  readonly #tail: Buffer = Buffer.allocUnsafeSlow(tailBytes)
  #length = 0
  #pendingBytes = 0
  /** The stream whose last line in the file has no newline yet. */
  #openStream: object | undefined
  /** The stream whose line got a newline because a line of the other stream came. */
  #cutStream: object | undefined
  #writes: Promise<void> = Promise.resolve()

  /** @param onError called once, at the first error; later lines are not in the file */
  constructor(path: string | undefined, onError: (error: Error) => void) {
    this.#onError = onError
    if (path === undefined) return
    try {
      this.#fd = openSync(path, 'a', 0o640)
      const file = fstatSync(this.#fd)
      if (file.isFile() && hasTornEnd(this.#fd, file, path)) writeSync(this.#fd, '\n') // ends the fragment of an earlier run
    } catch (error) {
      onError(error as Error)
    }
  }

  /** Resolves when more bytes may be appended. Undefined: they may be appended now. */
  get drained(): Promise<void> | undefined {
    return this.#pendingBytes > maxPendingBytes ? this.#writes : undefined
  }

  /** Returns the last lines, oldest first. */
  lastLines(): string[] {
    const lines = this.#tail.toString('utf8', tailBytes - this.#length).split('\n')
    lines.pop()
    return lines.slice(this.#length === tailBytes ? 1 : 0).slice(-maxLastLines)
  }

  /** Closes the file when everything is written. */
  async close(): Promise<void> {
    await this.#writes
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  /** False if there is no file, or if writing to it has failed. */
  get hasFile(): boolean {
    return this.#fd !== undefined
  }

  /**
   * Appends copies of these parts of one of the rank's streams. The last line may lack its end, which comes with the next bytes of
   * the stream. If bytes of the other stream come first, the line gets a newline.
   */
  append(parts: readonly Uint8Array[], stream: object = this): void {
    const own = this.#withoutCutEnd(parts, stream)
    if (own.every(({ length }) => length === 0)) return
    const isOther = this.#openStream !== undefined && this.#openStream !== stream
    if (isOther) this.#cutStream = this.#openStream
    this.#openStream = own.at(-1)?.at(-1) === newline ? undefined : stream
    this.#append(isOther ? [Buffer.of(newline), ...own] : own)
  }

  /** Removes a newline at the start of the parts, if the line that it ends already got one. */
  #withoutCutEnd(parts: readonly Uint8Array[], stream: object): readonly Uint8Array[] {
    if (this.#cutStream !== stream) return parts
    this.#cutStream = undefined
    const [first, ...others] = parts
    return first?.[0] === newline ? [first.subarray(1), ...others] : parts
  }

  #append(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      const last = part.subarray(-tailBytes)
      this.#tail.copyWithin(0, last.length)
      this.#tail.set(last, tailBytes - last.length)
      this.#length = Math.min(tailBytes, this.#length + last.length)
    }
    if (this.#fd === undefined) return
    const bytes = Buffer.concat(parts)
    this.#pendingBytes += bytes.length
    this.#writes = this.#writes.then(() => this.#write(bytes)).finally(() => (this.#pendingBytes -= bytes.length))
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#fd === undefined) return
    try {
      await writeAllAsync(this.#fd, bytes)
    } catch (error) {
      closeSync(this.#fd)
      this.#fd = undefined
      this.#onError(error as Error)
    }
  }
}

/**
 * Makes the folder for the files of an attempt. Returns a function that returns the path of a rank's file; undefined without
 * `dir`.
 */
export function logPaths(
  dir: string | undefined,
  attempt: number,
  worldSize: number,
): (rank: number) => string | undefined {
  if (dir === undefined) return () => undefined
  const pathOf = (rank: number) =>
    join(dir, expandPath(rankSuffix('out.log'), { rank, attempt, worldSize, launcher: 'ranklog' }))
  try {
    makeFolder(dirname(pathOf(0)), 0o750)
  } catch (error) {
    throw new InputError(`--log-dir: ${(error as Error).message}`, 'name a folder that you may write to')
  }
  return pathOf
}
