import { isBranch } from './metric-leaf.ts'
import type { Histogram } from './metric-record.ts'
import { numberIn } from './named-numbers.ts'

/** Into how many parts values are sorted: W&B's number. */
const bins = 64

/** A histogram, and the number of values that it leaves out because they are not finite. */
export interface FoundHistogram {
  histogram: Histogram
  omitted: number
}

/**
 * Returns the histogram of `{ values }` or `{ counts, edges }`, as parsed from JSON. Returns a string if something is wrong
 * with it. Values that are not finite are left out, as W&B does for gradients, because NumPy, which all readers use, refuses
 * them.
 */
export function histogramIn(given: unknown): FoundHistogram | string {
  const { values, counts: givenCounts, edges: givenEdges } = (isBranch(given) ? given : {}) as Record<string, unknown>
  const numbers = numbersIn(values)
  if (numbers) {
    const finite = numbers.filter(Number.isFinite)
    const histogram = binValues(finite)
    return typeof histogram === 'string' ? histogram : { histogram, omitted: numbers.length - finite.length }
  }
  if (values !== undefined) return 'a histogram whose values are no list of numbers'
  const counts = numbersIn(givenCounts)
  const edges = numbersIn(givenEdges)
  if (!counts || !edges) return 'a histogram without values, or counts and edges'
  if (counts.length === 0 || edges.length !== counts.length + 1)
    return 'a histogram that has not one edge more than counts'
  if (![...counts, ...edges].every(Number.isFinite)) return 'a histogram with a count or an edge that is not finite'
  if (!counts.every((count) => count >= 0)) return 'a histogram with a count below 0'
  if (!edges.every((edge, at) => at === 0 || edge > (edges[at - 1] as number))) return 'edges that do not ascend'
  return { histogram: { counts, edges }, omitted: 0 }
}

/** Returns the numbers of a list, or of a typed array, which JSON writes as an object. Undefined if it contains anything else. */
function numbersIn(given: unknown): number[] | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  if (!Array.isArray(given) && !Object.keys(given).every((key, at) => key === String(at))) return undefined
  const numbers = Object.values(given).map(numberIn)
  return numbers.every((number) => number !== undefined) ? numbers : undefined
}

/** All equal values lie in the middle of one wide part, no values in none. */
function binValues(values: number[]): Histogram | string {
  if (values.length === 0) return 'a histogram without a finite value'
  let min = Infinity
  let max = -Infinity
  for (const value of values) {
    if (value < min) min = value
    if (value > max) max = value
  }
  const width = (max - min) / bins || 1 / bins
  const start = max > min ? min : min - 0.5
  const counts = Array<number>(bins).fill(0)
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - start) / width))
    counts[bin] = (counts[bin] as number) + 1
  }
  return { counts, edges: Array.from({ length: bins + 1 }, (_, at) => start + at * width) }
}
