const newline = 10
const brace = 123

/** The longest block that is compared, in bytes: more than that is written as it is. */
export const mostBlock: number = 2 ** 20

/** The block at the end of a plan: what the next one begins with may belong to it. */
export class LastBlock {
  /** -1: there is none. */
  source = -1
  time = 0
  /** Its end in the memory. */
  to: number
  /** It is too long to be compared, and written already. */
  passes = false
  readonly from: number
  readonly #bytes: Uint8Array
  #isWhole = true

  /** @param from where {@link mostBlock} bytes are its own */
  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes
    this.from = this.to = from
  }

  hold(from: number, to: number, source: number, time: number): void {
    this.source = source
    this.time = time
    this.to = this.from
    this.passes = false
    this.append(from, to)
  }

  /** Does it go on with what is there, of this source? */
  goesOn(source: number, place: number): boolean {
    return source === this.source && (!this.#isWhole || this.#bytes[place] !== brace)
  }

  /** False: it would be too long, and passes from now on. */
  append(from: number, to: number): boolean {
    this.#isWhole = this.#bytes[to - 1] === newline
    if (this.passes || this.to - this.from + to - from > mostBlock) {
      this.passes = true
      return false
    }
    this.#bytes.copyWithin(this.to, from, to)
    this.to += to - from
    return true
  }

  release(): void {
    this.source = -1
    this.to = this.from
  }
}
