import { closeSync, fstatSync, openSync, writeSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expandPath, rankSuffix } from 'pino-rank/sink'
import { hasTornEnd, makeFolder, writeAllAsync } from 'pino-rank-lines/system'
import { InputError } from '../cli/index.ts'

/** Bytes on their way to the file: who prints faster waits. */
const maxPendingBytes = 2 ** 20
const tailBytes = 2 ** 13
const maxLastLines = 20
const newline = 10

/** What one rank prints: whole lines of both its streams in one file, where there is one, and the last of them in memory. */
export class RankLog {
  readonly #onError: (error: Error) => void
  #fd: number | undefined
  /** Its last bytes, at its end. */
  readonly #tail: Buffer = Buffer.allocUnsafeSlow(tailBytes)
  #length = 0
  #pendingBytes = 0
  /** The stream whose line has no end yet in the file, and the one whose line was ended by us before another stream's. */
  #openStream: object | undefined
  #cutStream: object | undefined
  #written: Promise<void> = Promise.resolve()

  /** @param onError called once; what follows is not in the file */
  constructor(path: string | undefined, onError: (error: Error) => void) {
    this.#onError = onError
    if (path === undefined) return
    try {
      this.#fd = openSync(path, 'a', 0o640)
      const file = fstatSync(this.#fd)
      if (file.isFile() && hasTornEnd(this.#fd, file, path)) writeSync(this.#fd, '\n') // the fragment of an earlier run
    } catch (error) {
      onError(error as Error)
    }
  }

  /** Resolves when there is room for more bytes. Undefined: there is room now. */
  get drained(): Promise<void> | undefined {
    return this.#pendingBytes > maxPendingBytes ? this.#written : undefined
  }

  /** The last lines, the oldest first. */
  lastLines(): string[] {
    const lines = this.#tail.toString('utf8', tailBytes - this.#length).split('\n')
    lines.pop()
    return lines.slice(this.#length === tailBytes ? 1 : 0).slice(-maxLastLines)
  }

  /** When all is in the file. */
  async close(): Promise<void> {
    await this.#written
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  /** False if there is no file, or it cannot be written any more. */
  get hasFile(): boolean {
    return this.#fd !== undefined
  }

  /**
   * Appends lines of one of the rank's streams. The parts are copied. If the last line has no end, the stream's next bytes are the
   * rest of it. If bytes of the other stream come first, the line gets a newline.
   */
  append(parts: readonly Uint8Array[], stream: object = this): void {
    const own = this.#withoutCutEnd(parts, stream)
    if (own.every(({ length }) => length === 0)) return
    const isOther = this.#openStream !== undefined && this.#openStream !== stream
    if (isOther) this.#cutStream = this.#openStream
    this.#openStream = own.at(-1)?.at(-1) === newline ? undefined : stream
    this.#append(isOther ? [Buffer.of(newline), ...own] : own)
  }

  /** Returns the bytes without the newline that a line has got already. */
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
    this.#written = this.#written.then(() => this.#write(bytes)).finally(() => (this.#pendingBytes -= bytes.length))
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
 * Makes the folder for the files of an attempt, and returns a function that gives the path of each rank's file. That is undefined if
 * there is no `dir`.
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
