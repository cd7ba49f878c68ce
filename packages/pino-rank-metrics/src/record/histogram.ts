import { isBranch } from './metric-leaf.ts'
import type { Histogram } from './metric-record.ts'
import { numberIn } from './named-numbers.ts'

/** Number of bins that values are sorted into. W&B uses the same number. */
const bins = 64

/** A histogram, and the number of values that it leaves out because they are not finite. */
export interface FoundHistogram {
  histogram: Histogram
  omitted: number
}

/**
 * Returns the histogram of `{ values }` or `{ counts, edges }`, as parsed from JSON. Returns a description of the fault if it is
 * invalid. Values that are not finite are omitted, as W&B does for gradients: all readers use NumPy, which rejects them.
 */
export function histogramIn(given: unknown): FoundHistogram | string {
  const { values, counts: givenCounts, edges: givenEdges } = (isBranch(given) ? given : {}) as Record<string, unknown>
  const numbers = numbersIn(values)
  if (numbers) {
    const finite = numbers.filter(Number.isFinite)
    const histogram = binValues(finite)
    return typeof histogram === 'string' ? histogram : { histogram, omitted: numbers.length - finite.length }
  }
  if (values !== undefined) return 'a histogram whose values are not a list of numbers'
  const counts = numbersIn(givenCounts)
  const edges = numbersIn(givenEdges)
  if (!counts || !edges) return 'a histogram that has neither values nor counts and edges'
  if (counts.length === 0 || edges.length !== counts.length + 1)
    return 'a histogram that does not have one edge more than counts'
  if (![...counts, ...edges].every(Number.isFinite)) return 'a histogram with a count or an edge that is not finite'
  if (!counts.every((count) => count >= 0)) return 'a histogram with a count below 0'
  if (!edges.every((edge, at) => at === 0 || edge > (edges[at - 1] as number)))
    return 'a histogram whose edges do not ascend'
  return { histogram: { counts, edges }, omitted: 0 }
}

/** Returns the numbers of a list, or of a typed array, which JSON writes as an object. Returns undefined for anything else. */
function numbersIn(given: unknown): number[] | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  if (!Array.isArray(given) && !Object.keys(given).every((key, at) => key === String(at))) return undefined
  const numbers = Object.values(given).map(numberIn)
  return numbers.every((number) => number !== undefined) ? numbers : undefined
}

/** Sorts values into bins of equal width. If all values are equal, they are in the middle of a range of width 1. */
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
