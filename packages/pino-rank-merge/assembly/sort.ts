/*
 * Lines in the order of their times: counted in bins, and placed by the counts. No state here either. A line's bin is
 * `(time - earliest) * perWidth`, rounded down; `bins` are u32, one more than there are.
 */

function binOf(time: f64, earliest: f64, perWidth: f64): usize {
  return <usize>(<i32>((time - earliest) * perWidth)) << 2
}

/** Counts lines of a source, each in the place behind its bin's. */
export function countTimes(times: usize, count: i32, earliest: f64, perWidth: f64, bins: usize): void {
  for (let line: i32 = 0; line < count; line++) {
    const bin = bins + binOf(load<f64>(times + (<usize>line << 3)), earliest, perWidth)
    store<u32>(bin, load<u32>(bin, 4) + 1, 4)
  }
}

/** Makes of each count how many are before it. */
export function sumBins(bins: usize, count: i32): void {
  let sum: u32 = 0
  for (let bin: i32 = 0; bin <= count; bin++) {
    const place = bins + (<usize>bin << 2)
    sum += load<u32>(place)
    store<u32>(place, sum)
  }
}

/**
 * Puts lines of a source, which lie behind each other from `start` on, into the plan: ranges to `from` and `to`, times (f64) to
 * `planTimes`, the source (u16) to `sources`. Returns where the last ends.
 */
export function placeLines(
  times: usize,
  ends: usize,
  count: i32,
  start: u32,
  source: u32,
  earliest: f64,
  perWidth: f64,
  bins: usize,
  from: usize,
  to: usize,
  planTimes: usize,
  sources: usize,
): u32 {
  let end = start
  for (let line: i32 = 0; line < count; line++) {
    const time = load<f64>(times + (<usize>line << 3))
    const bin = bins + binOf(time, earliest, perWidth)
    const place = <usize>load<u32>(bin)
    store<u32>(bin, <u32>place + 1)
    store<u32>(from + (place << 2), end)
    end = load<u32>(ends + (<usize>line << 2))
    store<u32>(to + (place << 2), end)
    store<f64>(planTimes + (place << 3), time)
    store<u16>(sources + (place << 1), <u16>source)
  }
  return end
}

/** Does no time fall? */
export function isSorted(times: usize, count: i32): bool {
  for (let line: i32 = 1; line < count; line++) {
    const place = times + (<usize>line << 3)
    if (load<f64>(place - 8) > load<f64>(place)) return false
  }
  return true
}
