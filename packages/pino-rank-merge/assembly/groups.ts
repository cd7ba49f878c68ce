/*
 * Finds duplicates: where in a block the part that they share begins, and which group has that part. It has no state. A
 * record describes a block, or a group of duplicates. Its fields, with their offsets, are u32 except the time:
 * - start (0) and end (4) of the block, and its hash (8);
 * - counted from the start of the block: end of the level (12), start (16) and end (20) of the rank, start of the
 *   shared part (24);
 * - the source of a block, or the next group in a group's hash chain, plus 1 (28);
 * - time (f64, 32), and the number of sources of a group (40).
 */

const levelName: u64 = 0x6c6576656c227b // {"level
const timeName: u64 = 0x3a22656d697422 // "time":
const pidName: u64 = 0x3a2264697022 // "pid":
const hostName: u64 = 0x6d616e74736f6822 // "hostnam
const hostRest: u32 = 0x223a2265 // e":"
const rankName: u64 = 0x3a226b6e617222 // "rank":

const seven: u64 = 0xffffffffffffff
const six: u64 = 0xffffffffffff

const recordBytes: usize = 48

/** Start of the shared part of an object whose layout is not pino's. JavaScript has to compare it. */
const foreign: u32 = 0xffffffff

/** Returns the offset of the first byte from `start` on that is not a digit. */
function digitsEnd(start: usize): usize {
  let at = start
  while (true) {
    const digits = i8x16.lt_u(i8x16.sub(v128.load(at), i8x16.splat(48)), i8x16.splat(10))
    const others = ~i8x16.bitmask(digits) & 0xffff
    if (others) return at + ctz(others)
    at += 16
  }
}

/** Returns the offset of the first quote or backslash from `start` on, or an offset from `end` on. */
function textEnd(start: usize, end: usize): usize {
  for (let at = start; at < end; at += 16) {
    const chunk = v128.load(at)
    const found = i8x16.bitmask(v128.or(i8x16.eq(chunk, i8x16.splat(34)), i8x16.eq(chunk, i8x16.splat(92))))
    if (found) return at + ctz(found)
  }
  return end
}

/**
 * Returns the end of a number or string, with its comma but without a closing brace. 0 if it is something else or has
 * an escape.
 */
function endOfValue(start: usize, end: usize): usize {
  let at: usize
  if (load<u8>(start) === 34) {
    at = textEnd(start + 1, end)
    if (at >= end || load<u8>(at) === 92) return 0
    at++
  } else {
    at = digitsEnd(start)
    if (at === start) return 0
  }
  const after = load<u8>(at)
  if (after === 44) return at + 1
  return after === 125 ? at : 0
}

/**
 * Reads level, time, pid, hostname and rank in pino's layout; the last three may be missing. Returns false for
 * another layout.
 */
function readHead(start: usize, end: usize, record: usize): bool {
  if ((load<u64>(start) & seven) !== levelName || load<u16>(start, 7) !== 0x3a22) return false
  let at = endOfValue(start + 9, end)
  if (at === 0 || (load<u64>(at) & seven) !== timeName) return false
  store<u32>(record, <u32>(at - start), 12)
  at = endOfValue(at + 7, end)
  if (at === 0) return false
  if ((load<u64>(at) & six) === pidName) at = endOfValue(at + 6, end) || at
  if (load<u64>(at) === hostName && load<u32>(at, 8) === hostRest) at = endOfValue(at + 11, end) || at
  let rankStart: usize = 0
  let rankEnd: usize = 0
  if ((load<u64>(at) & seven) === rankName) {
    const after = endOfValue(at + 7, end)
    if (after !== 0) {
      rankStart = at - start
      rankEnd = after - start - (load<u8>(after - 1) === 44 ? 1 : 0)
      at = after
    }
  }
  store<u32>(record, <u32>rankStart, 16)
  store<u32>(record, <u32>rankEnd, 20)
  store<u32>(record, <u32>(at - start), 24)
  return true
}

/** Returns the last bytes before `end`, at most eight, as a number. */
function rest(at: usize, end: usize): u64 {
  return load<u64>(at) << (64 - (<u64>(end - at) << 3))
}

function hashOf(seed: u64, start: usize, end: usize): u64 {
  let even = seed
  let odd = ~seed
  let at = start
  for (; at + 16 <= end; at += 16) {
    even = (even ^ load<u64>(at)) * 0x9e3779b97f4a7c15
    odd = (odd ^ load<u64>(at, 8)) * 0xc2b2ae3d27d4eb4f
    even ^= even >>> 32
    odd ^= odd >>> 29
  }
  if (at + 8 <= end) {
    even = (even ^ load<u64>(at)) * 0x9e3779b97f4a7c15
    even ^= even >>> 32
    at += 8
  }
  if (at < end) odd = (odd ^ rest(at, end)) * 0xc2b2ae3d27d4eb4f
  return even ^ (odd >>> 31) ^ odd
}

/**
 * Writes a record for each block of a plan. A block is a line, and the adjacent lines after it that do not begin with a
 * brace. Sources are u16, times f64. Returns the number of blocks.
 */
export function fingerprint(count: i32, from: usize, to: usize, sources: usize, times: usize, records: usize): i32 {
  let record = records
  let index: i32 = 0
  while (index < count) {
    const start = <usize>load<u32>(from + ((<usize>index) << 2))
    let end = <usize>load<u32>(to + ((<usize>index) << 2))
    store<u32>(record, <u32>load<u16>(sources + ((<usize>index) << 1)), 28)
    store<f64>(record, load<f64>(times + ((<usize>index) << 3)), 32)
    for (index++; index < count; index++) {
      if (<usize>load<u32>(from + ((<usize>index) << 2)) !== end || load<u8>(end) === 123) break
      end = <usize>load<u32>(to + ((<usize>index) << 2))
    }
    store<u32>(record, <u32>start)
    store<u32>(record, <u32>end, 4)
    let hash: u64 = 0
    if (load<u8>(start) === 123 && readHead(start, end, record)) {
      hash = hashOf(hash, start, start + <usize>load<u32>(record, 12))
      hash = hashOf(hash, start + <usize>load<u32>(record, 24), end)
    } else {
      store<u64>(record, 0, 12)
      store<u32>(record, 0, 20)
      store<u32>(record, load<u8>(start) === 123 ? foreign : 0, 24)
      hash = hashOf(hash, start, end)
    }
    store<u32>(record, <u32>(hash ^ (hash >>> 32)), 8)
    record += recordBytes
  }
  return <i32>((record - records) / recordBytes)
}

/** Reports whether two ranges of the same length are equal. */
function isSame(a: usize, b: usize, length: usize): bool {
  let at: usize = 0
  for (; at + 16 <= length; at += 16) if (!i8x16.all_true(i8x16.eq(v128.load(a + at), v128.load(b + at)))) return false
  for (; at + 8 <= length; at += 8) if (load<u64>(a + at) !== load<u64>(b + at)) return false
  return at === length || rest(a + at, a + length) === rest(b + at, b + length)
}

/** Returns the group of a block's duplicates, plus 1. 0 if there is none. */
function find(record: usize, heads: usize, mask: u32, groups: usize): u32 {
  const place = <usize>load<u32>(record)
  const hash = load<u32>(record, 8)
  const levelEnd = load<u32>(record, 12)
  const tail = load<u32>(record, 24)
  const length = load<u32>(record, 4) - load<u32>(record) - tail
  let group = load<u32>(heads + (<usize>(hash & mask) << 2))
  while (group !== 0) {
    const other = groups + <usize>(group - 1) * recordBytes
    const otherPlace = <usize>load<u32>(other)
    const otherTail = load<u32>(other, 24)
    if (
      load<u32>(other, 8) === hash &&
      load<u32>(other, 12) === levelEnd &&
      load<u32>(other, 4) - load<u32>(other) - otherTail === length &&
      isSame(place + tail, otherPlace + otherTail, length) &&
      isSame(place, otherPlace, levelEnd)
    )
      return group
    group = load<u32>(other, 28)
  }
  return 0
}

/**
 * Adds each block to the group of its duplicates, if that group is within the window and does not have the block's
 * source yet. Each group has `wordsPerGroup` u32 with a bit for each source. `heads[hash & mask]` is the first group of
 * a hash chain, plus 1, or 0. Stops at the first block that cannot be added, and returns its index. Stores the group of
 * its duplicates, plus 1, in `result`, or 0.
 */
export function matchGroups(
  index: i32,
  count: i32,
  records: usize,
  window: f64,
  heads: usize,
  mask: u32,
  groups: usize,
  bits: usize,
  wordsPerGroup: u32,
  result: usize,
): i32 {
  let at = index
  for (; at < count; at++) {
    const record = records + <usize>at * recordBytes
    if (load<u32>(record, 24) === foreign) break
    const found = find(record, heads, mask, groups)
    store<u32>(result, found)
    if (found === 0) return at
    const group = groups + <usize>(found - 1) * recordBytes
    if (load<f64>(group, 32) < load<f64>(record, 32) - window) return at
    const source = load<u32>(record, 28)
    const word = bits + (<usize>((found - 1) * wordsPerGroup + (source >>> 5)) << 2)
    const bit: u32 = 1 << (source & 31)
    if ((load<u32>(word) & bit) !== 0) return at
    store<u32>(word, load<u32>(word) | bit)
    store<u32>(group, load<u32>(group, 40) + 1, 40)
  }
  store<u32>(result, 0)
  return at
}
