/** A ring allocator for a part of the memory. Pieces must be given back in the order in which they were taken. */
export class Arena {
  readonly #place: number
  readonly #bytes: number
  /** The memory from `#tail` to `#head` is in use. It wraps around the end if `#head` is before `#tail`. */
  #head = 0
  #tail = 0
  #count = 0

  constructor(place: number, bytes: number) {
    this.#place = place
    this.#bytes = bytes
  }

  /** Returns the offset of `length` free bytes, or -1 if there is no room. */
  take(length: number): number {
    if (this.#count === 0) this.#head = this.#tail = 0
    const wrapped = this.#head < this.#tail
    let at = this.#head
    if (!wrapped && this.#bytes - at < length) at = 0
    // the head must stay behind the tail: if both were equal, a full arena would look like an empty one
    if ((wrapped || at === 0) && this.#count > 0 && this.#tail - at <= length) return -1
    if (length > this.#bytes) return -1
    this.#head = at + length
    this.#count++
    return this.#place + at
  }

  /** Gives back the oldest piece, which ends at `end`. */
  give(end: number): void {
    this.#tail = end - this.#place
    this.#count--
  }
}
