import { maxBlockBytes } from '../decorate/index.ts'

const newline = 10
const brace = 123

/**
 * The block at the end of a plan. The first lines of the next plan may belong to it. A block that is too long is not
 * compared.
 */
export class LastBlock {
  /** -1 if there is no block. */
  source = -1
  time = 0
  /** Its end in the memory. */
  to: number
  /** True if the block is too long to be compared. Its first part is already written. */
  isTooLong = false
  readonly from: number
  readonly #bytes: Uint8Array
  #isWhole = true

  /** @param from offset of {@link maxBlockBytes} bytes that only this object uses */
  constructor(bytes: Uint8Array, from: number) {
    this.#bytes = bytes
    this.from = this.to = from
  }

  hold(from: number, to: number, source: number, time: number): void {
    this.source = source
    this.time = time
    this.to = this.from
    this.isTooLong = false
    this.append(from, to)
  }

  /** Reports whether bytes of a source belong to this block. @param place their offset */
  isContinuedBy(source: number, place: number): boolean {
    return source === this.source && (!this.#isWhole || this.#bytes[place] !== brace)
  }

  /** Adds bytes. Returns false if the block is too long to be compared. Its bytes are then not stored any more. */
  append(from: number, to: number): boolean {
    this.#isWhole = this.#bytes[to - 1] === newline
    if (this.isTooLong || this.to - this.from + to - from > maxBlockBytes) {
      this.isTooLong = true
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
