/** How the ranks of a group are written. */
export type Shape = 'field' | 'first field' | 'label'

interface Known {
  ranks: string
  from: number
  to: number
}

/** Each as it stands there. */
export const shapes: Record<Shape, (ranks: string) => string> = {
  field: (ranks) => `"ranks":"${ranks}"`,
  'first field': (ranks) => `"ranks":"${ranks}",`,
  label: (ranks) => `[${ranks}] `,
}

/** Of a part of the memory, in bytes, beside twice the longest text. */
const minBytes = 2 ** 16

/** Texts in the memory that say which ranks; each stands there once. */
export class RankTexts {
  readonly #bytes: Buffer
  readonly #start: number
  readonly #limit: number
  readonly #known: Record<Shape, Map<string, Known>> = { field: new Map(), 'first field': new Map(), label: new Map() }
  /** As a rule it is the same ranks again and again. */
  readonly #last: Partial<Record<Shape, Known>> = {}
  #end: number

  static bytesFor(names: readonly string[]): number {
    return minBytes + 2 * maxTextBytes(names)
  }

  /** @param start where {@link bytesFor} bytes are its own */
  constructor(bytes: Buffer, start: number, names: readonly string[]) {
    this.#bytes = bytes
    this.#start = this.#end = start
    this.#limit = start + RankTexts.bytesFor(names) - maxTextBytes(names)
  }

  /** There may be no room for another. */
  get isFull(): boolean {
    return this.#end > this.#limit
  }

  clear(): void {
    this.#end = this.#start
    for (const shape of Object.keys(shapes) as Shape[]) {
      this.#known[shape].clear()
      this.#last[shape] = undefined
    }
  }

  find(shape: Shape, ranks: string): Known {
    const last = this.#last[shape]
    if (last?.ranks === ranks) return last
    let known = this.#known[shape].get(ranks)
    if (!known) {
      const from = this.#end
      this.#end += this.#bytes.write(shapes[shape](ranks), from)
      known = { ranks, from, to: this.#end }
      this.#known[shape].set(ranks, known)
    }
    this.#last[shape] = known
    return known
  }
}

/** In bytes. */
function maxTextBytes(names: readonly string[]): number {
  return Buffer.byteLength(names.join()) + 16
}
