/** Pieces of a part of memory that are given back in the order in which they were taken. */
export class Arena {
  readonly #place: number
  readonly #bytes: number
  /** Taken is what lies from `#tail` to `#head`, around the end where that is before it. */
  #head = 0
  #tail = 0
  #taken = 0

  constructor(place: number, bytes: number) {
    this.#place = place
    this.#bytes = bytes
  }

  /** The place of so many bytes; -1: there is no room. */
  take(length: number): number {
    if (this.#taken === 0) this.#head = this.#tail = 0
    const wrapped = this.#head < this.#tail
    let at = this.#head
    if (!wrapped && this.#bytes - at < length) at = 0
    // the head never meets the tail from behind: that would look like an empty one
    if ((wrapped || at === 0) && this.#taken > 0 && this.#tail - at <= length) return -1
    if (length > this.#bytes) return -1
    this.#head = at + length
    this.#taken++
    return this.#place + at
  }

  /** The oldest piece, which ends there. */
  give(end: number): void {
    this.#tail = end - this.#place
    this.#taken--
  }
}
