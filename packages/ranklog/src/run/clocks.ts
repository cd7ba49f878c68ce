import type { Merged } from 'pino-rank-merge'

/** Smaller differences are not worth a word, in ms. */
const least = 1000

/** Tells once of each rank whose clock differs. */
export class Clocks {
  readonly #names: readonly string[]
  readonly #say: (text: string) => void
  readonly #told = new Set<string>()

  constructor(names: readonly string[], say: (text: string) => void) {
    this.#names = names
    this.#say = say
  }

  look(lines: Merged): void {
    for (const [source, name] of this.#names.entries()) {
      const skew = lines.skew(source)
      if (Math.abs(skew) < least || this.#told.has(name)) continue
      this.#told.add(name)
      this.#say(`the lines of rank ${name} are ${skewText(skew)}`)
    }
  }
}

function skewText(skew: number): string {
  const seconds = `${Math.abs(skew / 1000).toFixed(1)} s`
  if (skew > 0) return `${seconds} ahead: its clock differs; they stand where they arrived`
  return `${seconds} late: its clock is behind, or it holds them; they stand where they arrived, in their own order`
}
