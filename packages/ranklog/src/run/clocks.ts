import type { Merged } from 'pino-rank-merge'

/** Smaller differences are not worth a word, in ms. */
const least = 1000

/** So many are told one by one. */
const most = 8

/** Tells once of each rank whose clock differs, and of no more than a few. */
export class Clocks {
  readonly #names: readonly string[]
  readonly #warn: (text: string) => void
  readonly #told = new Set<string>()

  constructor(names: readonly string[], warn: (text: string) => void) {
    this.#names = names
    this.#warn = warn
  }

  look(lines: Merged): void {
    for (const [source, name] of this.#names.entries()) {
      const skew = lines.skew(source)
      if (Math.abs(skew) < least || this.#told.has(name)) continue
      this.#told.add(name)
      if (this.#told.size <= most) this.#warn(`the lines of rank ${name} are ${skewText(skew)}`)
      else if (this.#told.size === most + 1) this.#warn('so are those of more ranks, which are not told one by one')
    }
  }
}

function skewText(skew: number): string {
  const seconds = `${Math.abs(skew / 1000).toFixed(1)} s`
  if (skew > 0) return `${seconds} ahead: its clock differs; they stand where they arrived`
  return `${seconds} late: its clock is behind, or it holds them; they stand where they arrived, in their own order`
}
