import { difference, type Estimate, estimate, median, ratio } from '../../packages/ranklog-bench/dist/stats/stats.js'

/** A cell's samples, and how they compare with another cell's of the same rounds. */
export class Compared<Cell, Sample extends { [Figure in keyof Sample]: number }> {
  readonly cell: Cell
  readonly #samples: ReadonlyMap<Cell, readonly Sample[]>

  constructor(cell: Cell, samples: ReadonlyMap<Cell, readonly Sample[]>) {
    this.cell = cell
    this.#samples = samples
  }

  median(figure: keyof Sample): number {
    return median(this.#values(this.cell, figure))
  }

  total(figure: keyof Sample): number {
    return this.#values(this.cell, figure).reduce((sum, value) => sum + value, 0)
  }

  /** The median with its interval, of a figure that a sample knows by itself. */
  estimate(figure: keyof Sample): Estimate {
    const values = this.#values(this.cell, figure)
    return sure(estimate(values), values.length)
  }

  max(figure: keyof Sample): number {
    return Math.max(...this.#values(this.cell, figure))
  }

  /** Null where the baseline is the cell itself, or there is none. */
  ratio(baseline: Cell | undefined, figure: keyof Sample): Estimate | null {
    return this.#pair(ratio, baseline, figure)
  }

  /** Null where the baseline is the cell itself, or there is none. */
  difference(baseline: Cell | undefined, figure: keyof Sample): Estimate | null {
    return this.#pair(difference, baseline, figure)
  }

  #pair(join: typeof ratio, baseline: Cell | undefined, figure: keyof Sample): Estimate | null {
    if (baseline === undefined || baseline === this.cell) return null
    const values = this.#values(this.cell, figure)
    return sure(join(values, this.#values(baseline, figure)), values.length)
  }

  #values(cell: Cell, figure: keyof Sample): number[] {
    return (this.#samples.get(cell) ?? []).map((sample) => sample[figure])
  }
}

/** One value has no interval, so its goal stays open. */
function sure(found: Estimate, values: number): Estimate {
  return values > 1 ? found : { ...found, low: Number.NaN, high: Number.NaN }
}
