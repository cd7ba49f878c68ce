/** How the ranks of a group are written: in place of a record's rank, as its first field, or in front of text. */
export type Shape = 'field' | 'first field' | 'label'

interface TextRange {
  ranks: string
  from: number
  to: number
}

export const shapes: Record<Shape, (ranks: string) => string> = {
  field: (ranks) => `"ranks":"${ranks}"`,
  'first field': (ranks) => `"ranks":"${ranks}",`,
  label: (ranks) => `[${ranks}] `,
}

/** Where the ranks are put into a block: they replace the bytes from `start` to `end`, counted from the start of the block. */
export interface RankPlace {
  shape: Shape
  start: number
  end: number
}

const brace = 123
const beforeText: RankPlace = { shape: 'label', start: 0, end: 0 }
const firstField: RankPlace = { shape: 'first field', start: 1, end: 1 }

/**
 * Returns where the ranks are put into the first block of a group.
 *
 * @param firstByte first byte of the block
 * @param rankStart start of its rank, counted from the start of the block. 0, like `rankEnd`, if it has none
 */
export function rankPlaceOf(firstByte: number | undefined, rankStart: number, rankEnd: number): RankPlace {
  if (firstByte !== brace) return beforeText
  return rankEnd === 0 ? firstField : { shape: 'field', start: rankStart, end: rankEnd }
}

/** Minimum memory for texts, in bytes, to which the space of two texts of the maximum length is added. */
const minBytes = 2 ** 16

/** Texts that name the ranks of groups. Each is in the kernel's memory once. */
export class RankTexts {
  readonly #bytes: Buffer
  readonly #start: number
  readonly #limit: number
  readonly #cache: Record<Shape, Map<string, TextRange>> = {
    field: new Map(),
    'first field': new Map(),
    label: new Map(),
  }
  /** The last text of each shape, because the next group usually has the same ranks. */
  readonly #last: Partial<Record<Shape, TextRange>> = {}
  #end: number

  static bytesFor(names: readonly string[]): number {
    return minBytes + 2 * maxTextBytes(names)
  }

  /** @param start offset of {@link bytesFor} bytes that only this object uses */
  constructor(bytes: Buffer, start: number, names: readonly string[]) {
    this.#bytes = bytes
    this.#start = this.#end = start
    this.#limit = start + RankTexts.bytesFor(names) - maxTextBytes(names)
  }

  /** True if there may be no room for another text. */
  get isFull(): boolean {
    return this.#end > this.#limit
  }

  clear(): void {
    this.#end = this.#start
    for (const shape of Object.keys(shapes) as Shape[]) {
      this.#cache[shape].clear()
      this.#last[shape] = undefined
    }
  }

  /** Returns the place of a text in the memory. Writes the text if it is new; there must be room for it: see {@link isFull}. */
  find(shape: Shape, ranks: string): TextRange {
    const last = this.#last[shape]
    if (last?.ranks === ranks) return last
    let range = this.#cache[shape].get(ranks)
    if (!range) {
      const from = this.#end
      this.#end += this.#bytes.write(shapes[shape](ranks), from)
      range = { ranks, from, to: this.#end }
      this.#cache[shape].set(ranks, range)
    }
    this.#last[shape] = range
    return range
  }
}

/** Returns the maximum length of a text, in bytes. */
function maxTextBytes(names: readonly string[]): number {
  return Buffer.byteLength(names.join()) + 16
}
