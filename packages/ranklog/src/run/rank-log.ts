import { closeSync, mkdirSync, openSync, write } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Flow } from './run-output.ts'

const writeTo = promisify(write)
const newline = 10
/** A line that is longer is written in pieces, and the other stream may come between them. */
const longest = 2 ** 20
const kept = 2 ** 13
const shown = 20

/** What one rank prints: whole lines of both its streams in one file, where there is one, and the last of them in memory. */
export class RankLog {
  readonly #flow: Flow
  readonly #failed: (error: Error) => void
  #fd: number | undefined
  #tail: Buffer = Buffer.alloc(0)

  /** @param failed told once; what follows is not in the file */
  constructor(path: string | undefined, flow: Flow, failed: (error: Error) => void) {
    this.#flow = flow
    this.#failed = failed
    if (path === undefined) return
    try {
      this.#fd = openSync(path, 'a', 0o640)
    } catch (error) {
      failed(error as Error)
    }
  }

  /** Passes a stream on, byte for byte. */
  async *passed(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    let rest: Buffer = Buffer.alloc(0)
    for await (const chunk of untilDestroyed(stream)) {
      this.#flow.bytes += chunk.length
      yield chunk
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
      const end = bytes.length > longest ? bytes.length : bytes.lastIndexOf(newline) + 1
      await this.#take(bytes.subarray(0, end))
      rest = bytes.subarray(end)
    }
    if (rest.length > 0) await this.#take(Buffer.concat([rest, Buffer.of(newline)]))
  }

  /** The last lines, the oldest first. */
  lastLines(): string[] {
    const lines = this.#tail.toString().split('\n')
    lines.pop()
    return lines.slice(this.#tail.length === kept ? 1 : 0).slice(-shown)
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  async #take(lines: Buffer): Promise<void> {
    if (lines.length === 0) return
    this.#tail = Buffer.concat([this.#tail, lines.subarray(-kept)]).subarray(-kept)
    try {
      for (let at = 0; at < lines.length && this.#fd !== undefined; )
        at += (await writeTo(this.#fd, lines, at, lines.length - at, null)).bytesWritten
    } catch (error) {
      this.close()
      this.#failed(error as Error)
    }
  }
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
  mkdirSync(folder, { recursive: true, mode: 0o750 })
  return (rank) => join(folder, `out.rank-${rank}.log`)
}
