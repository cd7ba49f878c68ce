/** Returns the median of numbers. For an even count, it is the larger of the two in the middle. Undefined if there are none. */
export function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[sorted.length >> 1]
}
