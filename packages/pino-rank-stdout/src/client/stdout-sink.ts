import { type LineSink, maxPieceBytes, wholePiece } from 'pino-rank-lines'
import { writeAll, writeOnce } from 'pino-rank-lines/system'

/**
 * fd 1, where other ranks write too. Lines go out in pieces that end at a line's end and are at most 4096 bytes, each
 * one write(2): a pipe keeps those whole. A longer line is a piece of its own, counted in `oversized`, and may tear.
 * A short write is continued: behind a pipe nothing can be taken back. Never `process.stdout`: it makes a pipe
 * non-blocking for everyone who shares it, and `process.exit` cuts what it still holds.
 */
export class StdoutSink implements LineSink {
  oversized = 0
  readonly #fd: number
  readonly #write: typeof writeOnce

  constructor(fd = 1, write: typeof writeOnce = writeOnce) {
    this.#fd = fd
    this.#write = write
  }

  write(lines: Buffer): number {
    const piece = wholePiece(lines)
    writeAll(this.#fd, piece, { write: this.#write })
    if (piece.length > maxPieceBytes) this.oversized++
    return piece.length
  }

  /** Reports whether an error means that nobody reads fd 1 any more. */
  isPermanent({ code }: NodeJS.ErrnoException): boolean {
    return code === 'EPIPE'
  }

  close(): void {
    // fd 1 is the process's, not ours
  }
}
