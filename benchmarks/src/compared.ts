import { difference, type Estimate, estimate, median, ratio } from '../../packages/ranklog-bench/dist/stats/stats.js'

/** Compares the samples of a cell with those of other cells, round by round. */
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

  /** Returns the median of a figure, with its interval. */
  estimate(figure: keyof Sample): Estimate {
    const values = this.#values(this.cell, figure)
    return withoutFalseInterval(estimate(values), values.length)
  }

  max(figure: keyof Sample): number {
    return Math.max(...this.#values(this.cell, figure))
  }

  /** Returns the median of the ratios to the baseline. Returns null if the baseline is the cell itself, or undefined. */
  ratio(baseline: Cell | undefined, figure: keyof Sample): Estimate | null {
    return this.#pair(ratio, baseline, figure)
  }

  /** Returns the median of the differences to the baseline. Returns null if the baseline is the cell itself, or undefined. */
  difference(baseline: Cell | undefined, figure: keyof Sample): Estimate | null {
    return this.#pair(difference, baseline, figure)
  }

  #pair(join: typeof ratio, baseline: Cell | undefined, figure: keyof Sample): Estimate | null {
    if (baseline === undefined || baseline === this.cell) return null
    const values = this.#values(this.cell, figure)
    return withoutFalseInterval(join(values, this.#values(baseline, figure)), values.length)
  }

  #values(cell: Cell, figure: keyof Sample): number[] {
    return (this.#samples.get(cell) ?? []).map((sample) => sample[figure])
  }
}

/** Removes the interval of a single value, which would have no width. Its goal then stays open. */
function withoutFalseInterval(found: Estimate, values: number): Estimate {
  return values > 1 ? found : { ...found, low: Number.NaN, high: Number.NaN }
}
