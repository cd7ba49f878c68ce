/* Copies ranges of the memory. It has no state, like all of the kernel. */

/**
 * Copies ranges to `out`, one after another, until the next would end after `limit`. Range `n` is from `from[n]` to
 * `to[n]`, both u32. Adjacent ranges are copied together. May write up to 63 bytes after the last range. Stores the end
 * of the output in `result`. Returns the index of the first range that was not copied.
 */
export function emit(index: i32, count: i32, from: usize, to: usize, out: usize, limit: usize, result: usize): i32 {
  let at = index
  let end = out
  while (at < count) {
    const start = <usize>load<u32>(from + ((<usize>at) << 2))
    let stop = <usize>load<u32>(to + ((<usize>at) << 2))
    if (end + (stop - start) > limit) break
    let next = at + 1
    for (; next < count && <usize>load<u32>(from + ((<usize>next) << 2)) === stop; next++) {
      const further = <usize>load<u32>(to + ((<usize>next) << 2))
      if (end + (further - start) > limit) break
      stop = further
    }
    const length = stop - start
    if (length > 1024) memory.copy(end, start, length)
    else {
      for (let done: usize = 0; done < length; done += 64) {
        v128.store(end + done, v128.load(start + done))
        v128.store(end + done, v128.load(start + done, 16), 16)
        v128.store(end + done, v128.load(start + done, 32), 32)
        v128.store(end + done, v128.load(start + done, 48), 48)
      }
    }
    end += length
    at = next
  }
  store<u32>(result, <u32>end)
  return at
}
