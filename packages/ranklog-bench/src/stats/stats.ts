/** A median and its 95 % bootstrap interval. */
export interface Estimate {
  median: number
  low: number
  high: number
}

const resamples = 2000

/** Returns the value below which the fraction `q` of the values lies, interpolated between neighbours; NaN if there are no values. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantiles(values, [q])[0] as number
}

/** Returns several quantiles of the same values. Sorts them only once. */
export function quantiles(values: ArrayLike<number>, qs: readonly number[]): number[] {
  const sorted = Float64Array.from(values).sort()
  return qs.map((q) => {
    const at = q * (sorted.length - 1)
    const below = sorted[Math.floor(at)] ?? Number.NaN
    const above = sorted[Math.ceil(at)] ?? Number.NaN
    return below + (above - below) * (at - Math.floor(at))
  })
}

export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5)
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Returns the median with its percentile bootstrap interval (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3).
 * The same values and the same `seed` give the same interval.
 */
export function estimate(values: readonly number[], seed = 1): Estimate {
  const random = randomFrom(seed)
  const pick = () => values[Math.floor(random() * values.length)] as number
  const medians = Array.from({ length: resamples }, () => median(values.map(pick)))
  return { median: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

/** Returns an estimate for a figure without an interval, such as a count. */
export function exactly(value: number): Estimate {
  return { median: value, low: value, high: value }
}

/** Returns the median of the ratios of pairs. `subject[i]` and `baseline[i]` must be of the same round. */
export function ratio(subject: readonly number[], baseline: readonly number[]): Estimate {
  return estimate(pair(subject, baseline, (a, b) => a / b))
}

/** Returns the median of the differences of pairs. `subject[i]` and `baseline[i]` must be of the same round. */
export function difference(subject: readonly number[], baseline: readonly number[]): Estimate {
  return estimate(pair(subject, baseline, (a, b) => a - b))
}

/** A straight line that was fitted to points by least squares. */
export interface LineFit {
  /** How much y grows with each unit of x. */
  slope: number
  /** The fraction of the variance of y that the line explains, 0 to 1. 1 if all points lie on the line. */
  r2: number
}

/** Fits a straight line to points. They must have at least two different values of x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): LineFit {
  const [x0, y0] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const sum = (term: (dx: number, dy: number) => number) =>
    points.reduce((all, [x, y]) => all + term(x - x0, y - y0), 0)
  const [xx, xy, yy] = [sum((dx) => dx * dx), sum((dx, dy) => dx * dy), sum((_, dy) => dy * dy)]
  return { slope: xy / xx, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) }
}

/** Returns a generator of uniform random numbers in [0, 1) (mulberry32). The same seed gives the same sequence. */
export function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

function pair(a: readonly number[], b: readonly number[], join: (a: number, b: number) => number): number[] {
  if (a.length !== b.length)
    throw new RangeError(`pairs need as many values on both sides, received ${a.length} and ${b.length}`)
  return a.map((value, round) => join(value, b[round] as number))
}
