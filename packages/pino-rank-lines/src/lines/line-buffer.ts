const newline = 10

/**
 * Text is encoded when this much of it has arrived, in UTF-16 code units. Until then it is a rope of strings. The limit is small
 * because V8's scavenger copies the rope, and the young generation grows with its size.
 */
const ropeUnits = 4096

/**
 * Turns chunks of text, which may end within a line, into whole lines of UTF-8. It reuses one buffer, because a new one for each
 * batch would become garbage faster than it is collected.
 */
export class LineBuffer {
  #bytes: Buffer
  #used = 0
  #rope = ''

  /** @param bytes initial size of the buffer */
  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
  }

  /** Number of buffered bytes. In text that is not encoded yet, each UTF-16 code unit counts as one. */
  get length(): number {
    return this.#used + this.#rope.length
  }

  /** True if a whole line is buffered. */
  get hasLine(): boolean {
    return this.#rope.includes('\n') || this.#bytes.subarray(0, this.#used).includes(newline)
  }

  add(text: string): void {
    this.#rope += text
    if (this.#rope.length >= ropeUnits) this.#encode()
  }

  /** Closes a last line that has no `\n`. */
  close(): void {
    this.#encode()
    if (this.#rope !== '') this.#write(this.#rope) // the first half of a surrogate pair
    this.#rope = ''
    if (this.#used > 0 && this.#bytes[this.#used - 1] !== newline) this.#write('\n')
  }

  /**
   * Passes whole lines to `take`, which may use them until it returns, in batches of at most `limit` bytes. A batch is
   * longer only if it is one line. An unfinished line stays in the buffer.
   *
   * @param minBytes passes no batch that is smaller
   */
  drain(limit: number, minBytes: number, take: (lines: Buffer) => void): void {
    this.#encode()
    let start = 0
    while (this.#used - start >= minBytes && start < this.#used) {
      const end = this.#endOfLines(start, limit)
      if (end === 0) break
      take(this.#bytes.subarray(start, end))
      start = end
    }
    if (start === 0) return
    this.#bytes.copyWithin(0, start, this.#used)
    this.#used -= start
  }

  /** Returns the end of the last line that begins at `start` or later and fits. Returns 0 if no line is whole. */
  #endOfLines(start: number, limit: number): number {
    const last = Math.min(this.#used, start + limit) - 1
    const end = this.#bytes.lastIndexOf(newline, last) + 1
    if (end > start) return end
    const next = this.#bytes.indexOf(newline, last + 1) + 1
    return next > this.#used ? 0 : next
  }

  /** Encodes the text, except the first half of a surrogate pair whose second half has not arrived. */
  #encode(): void {
    const rope = this.#rope
    if (rope === '') return
    const last = rope.charCodeAt(rope.length - 1)
    const half = (last & 0xfc00) === 0xd800
    this.#write(half ? rope.slice(0, -1) : rope)
    this.#rope = half ? rope.slice(-1) : ''
  }

  #write(text: string): void {
    const maxUsed = this.#used + 3 * text.length
    if (maxUsed > this.#bytes.length) this.#grow(maxUsed)
    this.#used += this.#bytes.write(text, this.#used)
  }

  #grow(minBytes: number): void {
    const bytes = Buffer.allocUnsafeSlow(Math.max(minBytes, 2 * this.#bytes.length))
    this.#bytes.copy(bytes, 0, 0, this.#used)
    this.#bytes = bytes
  }
}
