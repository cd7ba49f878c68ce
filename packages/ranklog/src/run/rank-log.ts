import { closeSync, fstatSync, openSync, writeSync, writev } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { hasTornEnd, makeFolder } from 'pino-rank-lines/system'
import { InputError } from '../cli/index.ts'

const writevTo = promisify(writev)
/** Bytes on their way to the file: who prints faster waits. */
const maxPendingBytes = 2 ** 20
const tailBytes = 2 ** 13
const maxLastLines = 20

/** What one rank prints: whole lines of both its streams in one file, where there is one, and the last of them in memory. */
export class RankLog {
  readonly #onError: (error: Error) => void
  #fd: number | undefined
  /** Its last bytes, at its end. */
  readonly #tail: Buffer = Buffer.allocUnsafeSlow(tailBytes)
  #length = 0
  #pendingBytes = 0
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

  /** Appends whole lines. The parts are copied. */
  append(parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      const last = part.subarray(-tailBytes)
      this.#tail.copyWithin(0, last.length)
      this.#tail.set(last, tailBytes - last.length)
      this.#length = Math.min(tailBytes, this.#length + last.length)
    }
    if (this.#fd === undefined) return
    const length = parts.reduce((sum, { length }) => sum + length, 0)
    this.#pendingBytes += length
    const copies = parts.map((part) => Buffer.from(part))
    this.#written = this.#written.then(() => this.#write(copies, length)).finally(() => (this.#pendingBytes -= length))
  }

  async #write(parts: Buffer[], length: number): Promise<void> {
    try {
      for (let at = 0; at < length && this.#fd !== undefined; )
        at += (await writevTo(this.#fd, sliceFrom(parts, at))).bytesWritten
    } catch (error) {
      closeSync(this.#fd as number)
      this.#fd = undefined
      this.#onError(error as Error)
    }
  }
}

/** Returns what some buffers hold after the first bytes. */
function sliceFrom(parts: Buffer[], at: number): Buffer[] {
  let start = 0
  return parts.flatMap((part) => {
    const rest = part.subarray(Math.max(0, at - start))
    start += part.length
    return rest.length > 0 ? [rest] : []
  })
}

/** The file of each rank, in the folder of the attempt. Undefined: there is none. */
export function logPaths(dir: string | undefined, attempt: number): (rank: number) => string | undefined {
  if (dir === undefined) return () => undefined
  const folder = attempt > 0 ? join(dir, `attempt-${attempt}`) : dir
  try {
    makeFolder(folder, 0o750)
  } catch (error) {
    throw new InputError(`--log-dir: ${(error as Error).message}`, 'name a folder that you may write to')
  }
  return (rank) => join(folder, `out.rank-${rank}.log`)
}
