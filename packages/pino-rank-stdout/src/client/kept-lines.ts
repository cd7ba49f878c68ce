const newline = 10

/** Lines that were sent, until they are known to be written. */
export class KeptLines {
  /** Bytes that are kept. */
  length = 0
  readonly #batches: Buffer[] = []
  /** Bytes that were ever released. */
  #released = 0

  /** Copies them. */
  add(lines: Buffer): void {
    this.#batches.push(Buffer.from(lines))
    this.length += lines.length
  }

  /** The first so many bytes, since the beginning, are written. */
  release(written: number): void {
    for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
      const known = written - this.#released
      if (known < batch.length) {
        const lines = batch.lastIndexOf(newline, known - 1) + 1 // of a line that is written in part all is kept
        if (known > 0 && lines > 0) this.#shorten(batch, lines)
        return
      }
      this.#batches.shift()
      this.#count(batch.length)
    }
  }

  /** What is kept; then nothing is. */
  takeAll(): Buffer {
    const lines = Buffer.concat(this.#batches.splice(0))
    this.length = this.#released = 0
    return lines
  }

  #shorten(batch: Buffer, length: number): void {
    this.#batches[0] = batch.subarray(length)
    this.#count(length)
  }

  #count(length: number): void {
    this.length -= length
    this.#released += length
  }
}
