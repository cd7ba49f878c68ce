/** A median and its 95 % bootstrap interval. */
export interface Estimate {
  median: number
  low: number
  high: number
}

const resamples = 2000

/** The value below which the fraction `q` of the values lies, interpolated between neighbours; NaN of none. */
export function quantile(values: ArrayLike<number>, q: number): number {
  return quantiles(values, [q])[0] as number
}

/** Several quantiles of the same values, which are sorted once. */
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
 * The median and the percentile bootstrap of it (Efron and Tibshirani, An Introduction to the Bootstrap, 13.3). The
 * same values give the same interval: the generator starts from `seed`.
 */
export function estimate(values: readonly number[], seed = 1): Estimate {
  const random = randomFrom(seed)
  const pick = () => values[Math.floor(random() * values.length)] as number
  const medians = Array.from({ length: resamples }, () => median(values.map(pick)))
  return { median: median(values), low: quantile(medians, 0.025), high: quantile(medians, 0.975) }
}

/** A figure without an interval, such as a count. */
export function exactly(value: number): Estimate {
  return { median: value, low: value, high: value }
}

/** The median of the ratios of pairs: `subject[i]` was measured in the same round as `baseline[i]`. */
export function ratio(subject: readonly number[], baseline: readonly number[]): Estimate {
  return estimate(pair(subject, baseline, (a, b) => a / b))
}

/** The median of the differences of pairs. */
export function difference(subject: readonly number[], baseline: readonly number[]): Estimate {
  return estimate(pair(subject, baseline, (a, b) => a - b))
}

/** A straight line through points by least squares. */
export interface LineFit {
  /** What each further unit of x adds to y. */
  slope: number
  /** Which part of the variance of y the line explains, 0 to 1: 1 if all points lie on it. */
  r2: number
}

/** Fits a straight line to points of at least two different x. */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): LineFit {
  const [x0, y0] = [mean(points.map(([x]) => x)), mean(points.map(([, y]) => y))]
  const sum = (term: (dx: number, dy: number) => number) =>
    points.reduce((all, [x, y]) => all + term(x - x0, y - y0), 0)
  const [xx, xy, yy] = [sum((dx) => dx * dx), sum((dx, dy) => dx * dy), sum((_, dy) => dy * dy)]
  return { slope: xy / xx, r2: yy === 0 ? 1 : (xy * xy) / (xx * yy) }
}

/** mulberry32: uniform in [0, 1), the same sequence for the same seed. */
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
  if (a.length !== b.length) throw new RangeError(`${a.length} values have no pairs in ${b.length}`)
  return a.map((value, round) => join(value, b[round] as number))
}
