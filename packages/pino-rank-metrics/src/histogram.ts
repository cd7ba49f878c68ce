import type { Histogram } from './metric-record.ts'

/** Into how many parts values are sorted: W&B's number. */
const bins = 64

/**
 * The histogram that `{ values }` or `{ counts, edges }` tells, as they come out of JSON. Of `values` what is not finite is
 * left out. A string: what is wrong with it.
 */
export function histogramIn(given: unknown): Histogram | string {
  const { values, counts, edges } = (given ?? {}) as Record<string, unknown>
  if (isNumbers(values)) return sorted(values.filter((value): value is number => Number.isFinite(value)))
  if (!isNumbers(counts) || !isNumbers(edges)) return 'a histogram without values, or counts and edges'
  if (counts.length === 0 || edges.length !== counts.length + 1)
    return 'a histogram that has not one edge more than counts'
  if (!counts.every((count) => (count as number) >= 0)) return 'a histogram with a count below 0'
  if (!edges.every((edge, at) => at === 0 || (edge as number) > (edges[at - 1] as number)))
    return 'edges that do not ascend'
  return { counts: counts as number[], edges: edges as number[] }
}

function isNumbers(given: unknown): given is (number | null)[] {
  return Array.isArray(given) && given.every((value) => typeof value === 'number' || value === null)
}

/** All equal values lie in the middle of one wide part, no values in none. */
function sorted(values: number[]): Histogram | string {
  if (values.length === 0) return 'a histogram without a finite value'
  let least = Infinity
  let most = -Infinity
  for (const value of values) {
    if (value < least) least = value
    if (value > most) most = value
  }
  const width = (most - least) / bins || 1 / bins
  const start = most > least ? least : least - 0.5
  const counts = Array<number>(bins).fill(0)
  for (const value of values) {
    const bin = Math.min(bins - 1, Math.floor((value - start) / width))
    counts[bin] = (counts[bin] as number) + 1
  }
  return { counts, edges: Array.from({ length: bins + 1 }, (_, at) => start + at * width) }
}
