import { closeSync, fstatSync, openSync, writeSync, writev } from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { hasTornEnd, makeFolder } from 'pino-rank-file/writer'
import { InputError } from '../cli/index.ts'
import type { Flow, RankStream } from './run-output.ts'

const writevTo = promisify(writev)
const newline = 10
/** A line that is longer is written in pieces, and the other stream may come between them. */
const maxLineBytes = 2 ** 20
/** Bytes on their way to the file: who prints faster waits. */
const maxPendingBytes = 2 ** 20
const tailBytes = 2 ** 13
const maxLastLines = 20

/** What one rank prints: whole lines of both its streams in one file, where there is one, and the last of them in memory. */
export class RankLog {
  readonly #flow: Flow
  readonly #onError: (error: Error) => void
  #fd: number | undefined
  /** Its last bytes, at its end. */
  readonly #tail: Buffer = Buffer.allocUnsafeSlow(tailBytes)
  #length = 0
  #pendingBytes = 0
  #written: Promise<void> = Promise.resolve()

  /** @param onError called once; what follows is not in the file */
  constructor(path: string | undefined, flow: Flow, onError: (error: Error) => void) {
    this.#flow = flow
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

  /** Copies a stream to the log and passes it on, byte for byte; its chunks may be valid until the next is asked for, and no longer. */
  tee(stream: RankStream): RankStream {
    return {
      [Symbol.asyncIterator]: () => this.#copy(stream),
      get isAway() {
        return stream.isAway === true
      },
      get hasBytes() {
        return stream.hasBytes === true
      },
    }
  }

  async *#copy(stream: RankStream): AsyncGenerator<Uint8Array> {
    const rest: Buffer[] = []
    let length = 0
    const chunks = (stream instanceof Readable ? untilDestroyed(stream) : stream) as AsyncIterable<Buffer>
    for await (const chunk of chunks) {
      this.#flow.bytes += chunk.length
      const end = length + chunk.length > maxLineBytes ? chunk.length : chunk.lastIndexOf(newline) + 1
      if (end > 0) {
        this.#append([...rest.splice(0), chunk.subarray(0, end)])
        length = 0
      }
      if (end < chunk.length) {
        rest.push(Buffer.from(chunk.subarray(end)))
        length += chunk.length - end
      }
      yield chunk
      if (this.#pendingBytes > maxPendingBytes) await this.#written
    }
    if (length > 0) this.#append([...rest, Buffer.of(newline)])
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

  /** Whole lines. */
  #append(parts: Buffer[]): void {
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

/** A stream that we destroy has just ended. */
async function* untilDestroyed(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* stream
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error
  }
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
