/** Returns the median of numbers: of an even count, the larger one of the two in the middle. Undefined if there is none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
