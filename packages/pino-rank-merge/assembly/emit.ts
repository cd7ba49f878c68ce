/* Ranges of the memory, copied behind each other. No state here either. */

/**
 * Copies the ranges `from[index]` to `to[index]` behind each other to `out`, as long as they end before `limit`; neighbours at
 * once. May write 63 bytes behind the last. Writes to `result` where it ended; returns the first range that it has not copied.
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
