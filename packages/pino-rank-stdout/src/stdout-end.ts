import { type LineEnd, writeOnce } from 'pino-rank-file/writer'

/** PIPE_BUF on Linux: one write(2) of at most this many bytes is never mixed with another's; pipe(7). */
const wholeBytes = 4096
const newline = 10

/**
 * fd 1, where other ranks write too. Lines go out in pieces that end at a line's end and are at most 4096 bytes, each
 * one write(2): a pipe keeps those whole. A longer line is a piece of its own, counted in `oversized`, and may tear.
 * A short write is continued: behind a pipe nothing can be taken back. Never `process.stdout`: it makes a pipe
 * non-blocking for everyone who shares it, and `process.exit` cuts what it still holds.
 */
export class StdoutEnd implements LineEnd {
  oversized = 0
  readonly #fd: number
  readonly #write: typeof writeOnce

  constructor(fd = 1, write: typeof writeOnce = writeOnce) {
    this.#fd = fd
    this.#write = write
  }

  write(lines: Buffer): number {
    const piece = lines.subarray(0, this.#cut(lines))
    for (let done = 0; done < piece.length; ) done += this.#write(this.#fd, piece.subarray(done))
    if (piece.length > wholeBytes) this.oversized++
    return piece.length
  }

  close(): void {
    // fd 1 is the process's, not ours
  }

  #cut(lines: Buffer): number {
    if (lines.length <= wholeBytes) return lines.length
    return lines.lastIndexOf(newline, wholeBytes - 1) + 1 || lines.indexOf(newline, wholeBytes) + 1
  }
}
