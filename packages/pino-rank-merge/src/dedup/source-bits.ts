import type { GroupLayout } from './group-layout.ts'

/** The sources that are in each group: one bit for each source, in the memory that the kernel reads too. */
export class SourceBits {
  readonly #numbers: Uint32Array
  readonly #first: number
  readonly #wordsPerGroup: number
  readonly #count: number

  /** @param count number of sources */
  constructor(numbers: Uint32Array, { bits, wordsPerGroup }: GroupLayout, count: number) {
    this.#numbers = numbers
    this.#first = bits >> 2
    this.#wordsPerGroup = wordsPerGroup
    this.#count = count
  }

  has(slot: number, source: number): boolean {
    return ((this.#numbers[this.#word(slot, source)] as number) & (1 << (source & 31))) !== 0
  }

  add(slot: number, source: number): void {
    const word = this.#word(slot, source)
    this.#numbers[word] = (this.#numbers[word] as number) | (1 << (source & 31))
  }

  /** Removes all sources of a group. A loop, because `fill` is slower for few words. */
  clear(slot: number): void {
    const end = this.#word(slot + 1, 0)
    for (let word = this.#word(slot, 0); word < end; word++) this.#numbers[word] = 0
  }

  /** Returns the sources of a group. */
  sources(slot: number): number[] {
    return Array.from({ length: this.#count }, (_, source) => source).filter((source) => this.has(slot, source))
  }

  /** Returns a text that is the same for groups with the same sources. */
  key(slot: number): string {
    return this.#numbers.subarray(this.#word(slot, 0), this.#word(slot + 1, 0)).join()
  }

  /** Index of the word in which a source has its bit. */
  #word(slot: number, source: number): number {
    return this.#first + slot * this.#wordsPerGroup + (source >> 5)
  }
}
