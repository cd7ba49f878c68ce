import { closeSync, writeSync } from 'node:fs'
import { type LineSink, maxPieceBytes, wholePiece } from 'pino-rank-lines'
import { systemClock, writeAll, type writeOnce } from 'pino-rank-lines/system'
import { openAgain } from './open-again.ts'

/** How long a write waits for the reader of a full pipe, in ms. A reader that is only slower takes something within that time. */
const maxReaderWaitMs = 20
const minPauseMs = 0.1
const maxPauseMs = 2
/** How often the rest of a long line is written on, in ms, while the program does not log. */
const restPollMs = 20

const nothing = Buffer.alloc(0)

/** One write(2): returns what it took, or throws EAGAIN. */
export type PipeWrite = (fd: number, bytes: Uint8Array) => number

export interface StdoutSinkOptions {
  /** True if no other rank writes to the same stdout. @default false */
  isSole?: boolean
  /** How the last lines are written. Tests inject faults here. @default waits for the reader */
  write?: typeof writeOnce
  /** A descriptor that does not block. @default what is behind `fd`, opened once more */
  pipe?: number
  /** Tests inject faults here. */
  pipeWrite?: PipeWrite
}

/**
 * fd 1, where other ranks write too. Lines go out in pieces that end at a line's end and are at most 4096 bytes, each
 * one write(2): a pipe keeps those whole. A longer line is a piece of its own, counted in `oversized`, and may tear.
 * A short write is continued: behind a pipe nothing can be taken back. Never `process.stdout`: it makes a pipe
 * non-blocking for everyone who shares it, and `process.exit` cuts what it still holds.
 *
 * A reader that stands still must not stop the program. So on Linux a pipe is opened once more, and only the new descriptor does not
 * block; a pseudo terminal, too, if no other rank writes there. Everything else blocks, unless another program has made it
 * non-blocking. At the end a write waits for the reader.
 */
export class StdoutSink implements LineSink {
  oversized = 0
  readonly #fd: number
  readonly #isSole: boolean
  readonly #write: typeof writeOnce | undefined
  readonly #pipeWrite: PipeWrite
  /** The descriptor that is written to. Undefined until the first line. */
  #out: number | undefined
  /** What a full pipe left of a line. */
  #rest: Buffer = nothing
  #cancelRest: (() => void) | undefined
  #isStandingStill = false
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

  /** Nobody reads any more, and nobody will. */
  isPermanent({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EPIPE'
  }

  beforeEnd(): void {
    this.#isEnding = true
  }

  end(): void {
    this.#isEnding = true
    this.#tryWriteRest() // an error: nobody reads any more
  }

  close(): void {
    this.#cancelRest?.()
    this.#cancelRest = undefined
    if (this.#out !== undefined && this.#out !== this.#fd) closeSync(this.#out) // fd 1 is the process's, not ours
    this.#out = undefined
  }

  #keepRest(rest: Buffer): void {
    this.#rest = Buffer.from(rest)
    this.#tryWriteRest()
  }

  /** Writes the rest outside of a write. A full pipe is tried again, also while nobody logs. */
  #tryWriteRest(): void {
    try {
      this.#writeRest()
    } catch (error) {
      if (!this.isFull(error as Error)) return // with the next lines
      this.#cancelRest ??= systemClock.after(restPollMs, () => {
        this.#cancelRest = undefined
        this.#tryWriteRest()
      })
    }
  }

  #writeRest(): void {
    while (this.#rest.length > 0) this.#rest = this.#rest.subarray(this.#writeSome(this.#rest))
  }

  /** @throws EAGAIN if the reader stands still */
  #writeSome(bytes: Buffer): number {
    if (!this.#isEnding) return this.#writeToPipe(bytes)
    writeAll(this.#fd, bytes, this.#write && { write: this.#write })
    return bytes.length
  }

  /** Once the reader stands still, nobody waits for it again before it has moved. */
  #writeToPipe(bytes: Buffer): number {
    this.#out ??= openAgain(this.#fd, this.#isSole) ?? this.#fd
    const until = this.#isStandingStill ? 0 : systemClock.now() + maxReaderWaitMs
    for (let pauseMs = minPauseMs; ; pauseMs = Math.min(2 * pauseMs, maxPauseMs)) {
      try {
        const written = this.#pipeWrite(this.#out, bytes)
        this.#isStandingStill = false
        return written
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'EINTR') continue
        if (!this.isFull(error as Error)) throw error
        this.#isStandingStill = systemClock.now() >= until
        if (this.#isStandingStill) throw error
        systemClock.pause(pauseMs)
      }
    }
  }
}
