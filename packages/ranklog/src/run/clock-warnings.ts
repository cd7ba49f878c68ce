import type { Merged } from 'pino-rank-merge'

/** Smaller differences are ignored, in ms. */
const minSkewMs = 1000

/** Minimum time between two checks, in ms. A check costs more than a small chunk. */
const everyMs = 100

/** Maximum number of ranks that are named in warnings. */
const maxWarnings = 8

/** Warns once about each rank whose clock differs, up to a maximum number of ranks. */
export class ClockWarnings {
  readonly #names: readonly string[]
  readonly #warn: (text: string) => void
  readonly #warned = new Set<string>()
  #checkedAt = -Infinity

  constructor(names: readonly string[], warn: (text: string) => void) {
    this.#names = names
    this.#warn = warn
  }

  /** Checks the clocks. Call it for each chunk; most calls return at once. */
  check(lines: Merged): void {
    const now = performance.now()
    if (now - this.#checkedAt < everyMs) return
    this.#checkedAt = now
    this.checkNow(lines)
  }

  checkNow(lines: Merged): void {
    for (const [source, name] of this.#names.entries()) {
      const skew = lines.skew(source)
      if (Math.abs(skew) < minSkewMs || this.#warned.has(name)) continue
      this.#warned.add(name)
      if (this.#warned.size <= maxWarnings) this.#warn(`the lines of rank ${name} are ${skewText(skew)}`)
      else if (this.#warned.size === maxWarnings + 1) this.#warn('more ranks have such lines; they are not reported')
    }
  }
}

function skewText(skew: number): string {
  const seconds = `${Math.abs(skew / 1000).toFixed(1)} s`
  if (skew > 0) return `${seconds} ahead: its clock differs; they are printed in order of arrival`
  return `${seconds} late: its clock is behind, or it holds lines back; they are printed in order of arrival`
}
