const newline = 10

/** Lines that were sent and are not acknowledged yet. */
export class UnackedLines {
  /** Bytes that are unacked. */
  length = 0
  readonly #batches: Buffer[] = []
  /** Bytes that were acknowledged since the beginning. */
  #acked = 0

  /** Copies them. */
  add(lines: Buffer): void {
    this.#batches.push(Buffer.from(lines))
    this.length += lines.length
  }

  /** Removes what is acknowledged: the first `written` bytes since the beginning. */
  ack(written: number): void {
    for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
      const known = written - this.#acked
      if (known < batch.length) {
        const lines = batch.lastIndexOf(newline, known - 1) + 1 // of a line that is written in part all is kept
        if (known > 0 && lines > 0) this.#removeStart(batch, lines)
        return
      }
      this.#batches.shift()
      this.#countAcked(batch.length)
    }
  }

  /** Returns and removes all lines. */
  takeAll(): Buffer {
    const lines = Buffer.concat(this.#batches.splice(0))
    this.length = this.#acked = 0
    return lines
  }

  #removeStart(batch: Buffer, length: number): void {
    this.#batches[0] = batch.subarray(length)
    this.#countAcked(length)
  }

  #countAcked(length: number): void {
    this.length -= length
    this.#acked += length
  }
}
