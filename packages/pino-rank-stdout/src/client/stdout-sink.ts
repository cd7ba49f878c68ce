import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { type LineSink, maxPieceBytes, wholePiece } from 'pino-rank-lines'
import { systemClock, writeAll, type writeOnce } from 'pino-rank-lines/system'
import { isPipe } from '../collector/index.ts'

/** How long a write waits for the reader of a full pipe, in ms. A reader that is only slower takes something within that time. */
const maxReaderWaitMs = 20
const minPauseMs = 0.1
const maxPauseMs = 2

const nothing = Buffer.alloc(0)

/** One write(2) to a descriptor that does not block: returns what it took, or throws EAGAIN. */
export type PipeWrite = (fd: number, bytes: Uint8Array) => number

/**
 * fd 1, where other ranks write too. Lines go out in pieces that end at a line's end and are at most 4096 bytes, each
 * one write(2): a pipe keeps those whole. A longer line is a piece of its own, counted in `oversized`, and may tear.
 * A short write is continued: behind a pipe nothing can be taken back. Never `process.stdout`: it makes a pipe
 * non-blocking for everyone who shares it, and `process.exit` cuts what it still holds.
 *
 * On Linux a pipe is opened once more, so that only this descriptor does not block: a reader that stands still must not stop the
 * program. Where that is impossible, and at the end, a write waits for the reader.
 */
export class StdoutSink implements LineSink {
  oversized = 0
  readonly #fd: number
  readonly #write: typeof writeOnce | undefined
  readonly #pipeWrite: PipeWrite
  /** The descriptor that does not block. Undefined until the first line, null if there is none. */
  #pipe: number | null | undefined
  /** What a full pipe left of a long line. */
  #rest: Buffer = nothing
  #isStandingStill = false
  #isEnding = false

  /**
   * @param write tests inject faults here
   * @param pipe a descriptor that does not block. @default the pipe behind `fd`, opened once more
   * @param pipeWrite tests inject faults here
   */
  constructor(fd = 1, write?: typeof writeOnce, pipe?: number, pipeWrite: PipeWrite = writeSync) {
    this.#fd = fd
    this.#write = write
    this.#pipe = write ? (pipe ?? null) : pipe
    this.#pipeWrite = pipeWrite
  }

  write(lines: Buffer): number {
    this.#writeRest()
    const piece = wholePiece(lines)
    const written = this.#writeSome(piece)
    if (piece.length > maxPieceBytes) this.oversized++
    if (written < piece.length) this.#keepRest(piece.subarray(written))
    return piece.length
  }

  isFull({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EAGAIN'
  }

  /** Nobody reads any more, and nobody will. */
  isPermanent({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EPIPE'
  }

  beforeEnd(): void {
    this.#isEnding = true
  }

  end(): void {
    this.#isEnding = true
    try {
      this.#writeRest()
    } catch {
      // nobody reads any more
    }
  }

  close(): void {
    if (typeof this.#pipe === 'number' && !this.#write) closeSync(this.#pipe)
    this.#pipe = this.#write ? this.#pipe : undefined // fd 1 is the process's, not ours
  }

  #keepRest(rest: Buffer): void {
    this.#rest = Buffer.from(rest)
    try {
      this.#writeRest()
    } catch {
      // with the next lines
    }
  }

  #writeRest(): void {
    while (this.#rest.length > 0) this.#rest = this.#rest.subarray(this.#writeSome(this.#rest))
  }

  /** @throws EAGAIN if the reader stands still */
  #writeSome(bytes: Buffer): number {
    if (this.#pipe === undefined) this.#pipe = openPipe(this.#fd)
    if (this.#pipe === null || this.#isEnding) {
      writeAll(this.#fd, bytes, this.#write && { write: this.#write })
      return bytes.length
    }
    return this.#writeToPipe(this.#pipe, bytes)
  }

  /** Once the reader stands still, nobody waits for it again before it has moved. */
  #writeToPipe(pipe: number, bytes: Buffer): number {
    const until = this.#isStandingStill ? 0 : systemClock.now() + maxReaderWaitMs
    for (let pauseMs = minPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
      try {
        const written = this.#pipeWrite(pipe, bytes)
        this.#isStandingStill = false
        return written
      } catch (error) {
        if (!this.isFull(error as Error)) throw error
        this.#isStandingStill = systemClock.now() >= until
        if (this.#isStandingStill) throw error
        systemClock.pause(pauseMs)
      }
    }
  }
}

/** Opens the pipe behind a descriptor once more, so that writes do not block. Null if it is no pipe, or where that is impossible. */
function openPipe(fd: number): number | null {
  if (process.platform !== 'linux' || !isPipe(fd)) return null
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK)
  } catch {
    return null // another user's pipe, or one without a reader
  }
}
