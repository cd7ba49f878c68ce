const newline = 10
const nothing = Buffer.alloc(0)

/** Lines that the collector has not acknowledged yet. */
export class UnackedLines {
  /** Number of unacknowledged bytes. */
  length = 0
  /** The part of these lines that is not sent yet. */
  unsent: Buffer = nothing
  readonly #batches: Buffer[] = []
  /** Number of acknowledged bytes since the connection began. */
  #acked = 0

  /** Adds a copy of the lines. All lines before them must be sent. */
  add(lines: Buffer): void {
    this.unsent = Buffer.from(lines)
    this.#batches.push(this.unsent)
    this.length += lines.length
  }

  /** Removes acknowledged lines. @param written number of bytes that are written since the connection began */
  ack(written: number): void {
    for (let batch = this.#batches[0]; batch; batch = this.#batches[0]) {
      const ackedLength = written - this.#acked
      if (ackedLength < batch.length) {
        const lines = batch.lastIndexOf(newline, ackedLength - 1) + 1 // a line that is written in part stays as a whole
        if (ackedLength > 0 && lines > 0) this.#removeStart(batch, lines)
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
    this.unsent = nothing
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
