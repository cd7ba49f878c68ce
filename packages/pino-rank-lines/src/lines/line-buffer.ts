const newline = 10

/**
 * Text is encoded when so much of it has come, in UTF-16 units: what a scavenge finds of a rope of strings it copies, and
 * the new generation grows with that (16,384 units: by 25 MB in a minute; 1024 to 16,384 cost the same time).
 */
const ropeUnits = 1024

/**
 * Text cut anywhere in, whole lines of UTF-8 out. The bytes lie in one buffer that is used again and again: at full speed a
 * new one for each batch would be garbage faster than it is collected.
 */
export class LineBuffer {
  #bytes: Buffer
  #used = 0
  #rope = ''

  /** @param bytes room for so many at first */
  constructor(bytes: number) {
    this.#bytes = Buffer.allocUnsafeSlow(bytes)
  }

  /** Bytes that wait, or a few less: of text that is not encoded yet each unit counts as one. */
  get length(): number {
    return this.#used + this.#rope.length
  }

  /** @param atOnce leaves no rope: for when memory counts more than time */
  add(text: string, atOnce = false): void {
    this.#rope += text
    if (atOnce || this.#rope.length >= ropeUnits) this.#encode()
  }

  /** Closes a last line that has no `\n`. */
  close(): void {
    this.#encode()
    if (this.#rope !== '') this.#write(this.#rope) // half an emoji
    this.#rope = ''
    if (this.#used > 0 && this.#bytes[this.#used - 1] !== newline) this.#write('\n')
  }

  /**
   * Gives the whole lines to `take`, for as long as that runs, in batches of at most `limit` bytes; only a line that is
   * longer is a longer batch. A tail stays.
   *
   * @param minBytes leaves what is less than that
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

  /** Where the last line ends that begins at `start` or later and fits; 0: no line is whole. */
  #endOfLines(start: number, limit: number): number {
    const last = Math.min(this.#used, start + limit) - 1
    const end = this.#bytes.lastIndexOf(newline, last) + 1
    if (end > start) return end
    const next = this.#bytes.indexOf(newline, last + 1) + 1
    return next > this.#used ? 0 : next
  }

  /** All but a first half of an emoji, whose other half is on its way. */
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
