import { closeSync, writeSync } from 'node:fs'
import { type LineSink, maxPieceBytes, wholePiece } from 'pino-rank-lines'
import { systemClock, writeAll, type writeOnce } from 'pino-rank-lines/system'
import { openNonBlocking } from './open-non-blocking.ts'

/** How long a write waits for the reader of a full pipe, in ms. A reader that is only slow reads something within this time. */
const maxReaderWaitMs = 20
const minPauseMs = 0.1
const maxPauseMs = 2
/** How often the rest of a long line is tried again, in ms, while the program does not log. */
const restPollMs = 20

const nothing = Buffer.alloc(0)

/** One write(2). Returns the number of bytes written, or throws EAGAIN. */
export type PipeWrite = (fd: number, bytes: Uint8Array) => number

export interface StdoutSinkOptions {
  /** True if no other rank writes to the same stdout. @default false */
  isSole?: boolean
  /** Writes the last lines. Tests inject faults here. @default waits for the reader */
  write?: typeof writeOnce
  /** A descriptor that does not block. @default the pipe or terminal of `fd`, opened a second time */
  pipe?: number
  /** Writes all other lines. Tests inject faults here. */
  pipeWrite?: PipeWrite
}

/**
 * Writes to fd 1, which other ranks may write to as well. Lines are written in pieces of whole lines and at most 4096
 * bytes, each with one write(2), which a pipe keeps whole. A longer line is a piece of its own; it is counted in
 * `oversized` and may tear. A short write is continued, because bytes in a pipe cannot be taken back. `process.stdout`
 * is not used: it makes the pipe non-blocking for all processes that share it, and `process.exit` loses what it has
 * buffered.
 *
 * A stalled reader must not stop the program. So on Linux a pipe is opened a second time, and only the new descriptor
 * is non-blocking. The same applies to a pseudo terminal, if no other rank writes to it. Everything else blocks, unless
 * another program has made it non-blocking. At the end a write waits for the reader.
 */
export class StdoutSink implements LineSink {
  oversized = 0
  readonly #fd: number
  readonly #isSole: boolean
  readonly #write: typeof writeOnce | undefined
  readonly #pipeWrite: PipeWrite
  /** The descriptor that is written to. Undefined until the first line. */
  #out: number | undefined
  /** The rest of a line that a full pipe did not accept. */
  #rest: Buffer = nothing
  #cancelRest: (() => void) | undefined
  #isStalled = false
  #isEnding = false

  constructor(fd = 1, { isSole = false, write, pipe, pipeWrite = writeSync }: StdoutSinkOptions = {}) {
    this.#fd = fd
    this.#isSole = isSole
    this.#write = write
    this.#out = pipe
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

  /** True if the reader has closed the pipe. */
  isPermanent({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EPIPE'
  }

  beforeEnd(): void {
    this.#isEnding = true
  }

  end(): void {
    this.#isEnding = true
    this.#tryWriteRest() // an error means that the reader has closed the pipe
  }

  close(): void {
    this.#cancelRest?.()
    this.#cancelRest = undefined
    if (this.#out !== undefined && this.#out !== this.#fd) closeSync(this.#out) // fd 1 belongs to the process
    this.#out = undefined
  }

  #keepRest(rest: Buffer): void {
    this.#rest = Buffer.from(rest)
    this.#tryWriteRest()
  }

  /** Writes the rest outside of a log call. A full pipe is tried again on a timer. */
  #tryWriteRest(): void {
    try {
      this.#writeRest()
    } catch (error) {
      if (!this.isFull(error as Error)) return // the next write throws it
      this.#cancelRest ??= systemClock.after(restPollMs, () => {
        this.#cancelRest = undefined
        this.#tryWriteRest()
      })
    }
  }

  #writeRest(): void {
    while (this.#rest.length > 0) this.#rest = this.#rest.subarray(this.#writeSome(this.#rest))
  }

  /** @throws EAGAIN if the reader is stalled */
  #writeSome(bytes: Buffer): number {
    if (!this.#isEnding) return this.#writeToPipe(bytes)
    writeAll(this.#fd, bytes, this.#write && { write: this.#write })
    return bytes.length
  }

  /** Waits for a slow reader. Once the reader is stalled, no call waits for it until it has read something. */
  #writeToPipe(bytes: Buffer): number {
    this.#out ??= openNonBlocking(this.#fd, this.#isSole) ?? this.#fd
    const until = this.#isStalled ? 0 : systemClock.now() + maxReaderWaitMs
    for (let pauseMs = minPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
      try {
        const written = this.#pipeWrite(this.#out, bytes)
        this.#isStalled = false
        return written
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EINTR') continue
        if (!this.isFull(error as Error)) throw error
        this.#isStalled = systemClock.now() >= until
        if (this.#isStalled) throw error
        systemClock.pause(pauseMs)
      }
    }
  }
}
