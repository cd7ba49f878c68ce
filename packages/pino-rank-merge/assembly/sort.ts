/*
 * Sorts lines by time with a counting sort: lines are counted in bins of time, and placed by the counts. It has no
 * state. The bin of a line is `(time - earliest) * perWidth`, rounded down. `bins` are u32, and there is one more than
 * bins of time.
 */

function binOf(time: f64, earliest: f64, perWidth: f64): usize {
  return <usize>(<i32>((time - earliest) * perWidth)) << 2
}

/** Counts lines of a source. Each is counted one place after its bin, as {@link sumBins} expects. */
export function countTimes(times: usize, count: i32, earliest: f64, perWidth: f64, bins: usize): void {
  for (let line: i32 = 0; line < count; line++) {
    const bin = bins + binOf(load<f64>(times + (<usize>line << 3)), earliest, perWidth)
    store<u32>(bin, load<u32>(bin, 4) + 1, 4)
  }
}

/** Replaces each count by the number of lines in the bins before it. */
export function sumBins(bins: usize, count: i32): void {
  let sum: u32 = 0
  for (let bin: i32 = 0; bin <= count; bin++) {
    const place = bins + (<usize>bin << 2)
    sum += load<u32>(place)
    store<u32>(place, sum)
  }
}

/**
 * Puts adjacent lines of a source, from `start` on, into the plan: ranges to `from` and `to`, times (f64) to
 * `planTimes`, the source (u16) to `sources`. Returns the end of the last line.
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

/** Reports whether no time is less than the one before it. */
export function isSorted(times: usize, count: i32): bool {
  for (let line: i32 = 1; line < count; line++) {
    const place = times + (<usize>line << 3)
    if (load<f64>(place - 8) > load<f64>(place)) return false
  }
  return true
}
