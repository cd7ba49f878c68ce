/** Returns the first index from `start` to `end` whose time is not before `time`. Times must be sorted there. */
export function firstFrom(times: Float64Array, start: number, end: number, time: number): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) < time) low = middle + 1
    else high = middle
  }
  return low
}
