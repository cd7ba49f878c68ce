/*
 * Where lines end, and what time they have. No state and no allocation: every argument is a place
 * in the memory, or a number. src/kernel/js-kernel.ts does the same without WebAssembly; a test compares the two.
 */

const levelHead: i64 = 0x6c6576656c227b // {"level
const timeKey: i64 = 0x3a22656d6974222c // ,"time":
const zeros: i64 = 0x3030303030303030
const high: i64 = 0x8080808080808080

/** A line that JavaScript has to look at. */
const unknown: f64 = -1
/** Text that has no time of its own, and a record that has none: they stay behind the line before them. */
const none: f64 = -2
const untimed: f64 = -3

/** The place of the next newline; there is one at the end of the data. */
function newline(start: usize): usize {
  let at = start
  const wanted = i8x16.splat(10)
  while (true) {
    const first = i8x16.eq(v128.load(at), wanted)
    const second = i8x16.eq(v128.load(at, 16), wanted)
    if (v128.any_true(v128.or(first, second))) {
      const found = i8x16.bitmask(first) | (i8x16.bitmask(second) << 16)
      return at + ctz(found)
    }
    at += 32
  }
}

/** Is a byte of these eight, less '0', no digit? */
function isOdd(digits: i64): i64 {
  return (digits | (digits + 0x7676767676767676)) & high
}

/** The number of eight digits, less '0', the first in the lowest byte. */
function eight(digits: i64): i64 {
  const pairs = digits * 10 + (digits >>> 8)
  return (
    ((pairs & 0x000000ff000000ff) * 0x000f424000000064 + ((pairs >>> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>>
    32
  )
}

/** pino's own layout: `{"level":30,"time":1700000000000` and then a comma or a brace; else `unknown`. */
function leading(start: usize, end: usize): f64 {
  if (end - start < 34) return unknown
  if (
    (load<i64>(start) & 0xffffffffffffff) !== levelHead ||
    load<u16>(start, 7) !== 0x3a22 ||
    load<i64>(start, 11) !== timeKey
  )
    return unknown
  const first = load<i64>(start, 19) - zeros
  const last = load<i64>(start, 24) - zeros
  const after = load<u8>(start, 32)
  if ((isOdd(first) | isOdd(last)) !== 0 || (after !== 44 && after !== 125)) return unknown
  return <f64>(eight(first) * 100000 + (eight(last) % 100000))
}

/** Behind a string whose opening quote lies before `at`. */
function stringEnd(start: usize, end: usize): usize {
  let at = start
  while (at < end) {
    const byte = load<u8>(at++)
    if (byte === 34) return at
    if (byte === 92) at++
  }
  return end
}

/** The time of a line of JSON under a key of its own, in any layout; without a key JavaScript looks. */
function located(start: usize, end: usize, key: usize, keyLength: usize): f64 {
  if (load<u8>(start) !== 123) {
    let first = start
    while (isSpace(load<u8>(first))) first++
    return load<u8>(first) === 123 ? unknown : none
  }
  if (keyLength === 0) return unknown
  let at = start + 1
  let depth: i32 = 1
  while (at < end) {
    const byte = load<u8>(at)
    if (byte === 34) {
      const close = stringEnd(at + 1, end)
      if (depth === 1) {
        const after = load<u8>(close)
        if (after === 58) {
          if (close - at === keyLength && isEqual(at, key, keyLength)) return valueAt(close + 1, end)
          if (hasEscape(at, close)) return unknown
        } else if (isSpace(after)) return unknown
      }
      at = close
      continue
    }
    if (byte === 123 || byte === 91) depth++
    else if (byte === 125 || byte === 93) {
      depth--
      if (depth === 0) return untimed
    }
    at++
  }
  return unknown
}

/** Does a name not stand as it is read? */
function hasEscape(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) if (load<u8>(at) === 92) return true
  return false
}

/** As JSON allows it between all that is not in quotes. */
function isSpace(byte: u8): bool {
  return byte === 32 || byte === 9 || byte === 13
}

function isEqual(a: usize, b: usize, length: usize): bool {
  for (let at: usize = 0; at < length; at++) if (load<u8>(a + at) !== load<u8>(b + at)) return false
  return true
}

/** Milliseconds of 12 to 14 digits, or an ISO time in UTC to the second or the millisecond. */
function valueAt(start: usize, end: usize): f64 {
  if (load<u8>(start) === 34) return isoAt(start + 1, end)
  let at = start
  let value: i64 = 0
  while (at < end) {
    const digit = <i32>load<u8>(at) - 48
    if (digit < 0 || digit > 9) break
    value = value * 10 + digit
    at++
    if (at - start > 14) return unknown
  }
  const after = load<u8>(at)
  return at - start >= 12 && (after === 44 || after === 125) ? <f64>value : unknown
}

function number(start: usize, digits: i32): i32 {
  let value: i32 = 0
  for (let at: i32 = 0; at < digits; at++) {
    const digit = <i32>load<u8>(start + at) - 48
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return value
}

function isoAt(start: usize, end: usize): f64 {
  if (end - start < 22) return unknown
  const year = number(start, 4),
    month = number(start + 5, 2),
    day = number(start + 8, 2)
  const hour = number(start + 11, 2),
    minute = number(start + 14, 2),
    second = number(start + 17, 2)
  if ((year | month | day | hour | minute | second) < 0) return unknown
  const signs =
    load<u8>(start, 4) === 45 &&
    load<u8>(start, 7) === 45 &&
    load<u8>(start, 10) === 84 &&
    load<u8>(start, 13) === 58 &&
    load<u8>(start, 16) === 58
  if (
    !signs ||
    year < 1970 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    (day > 28 && day > monthDays(year, month)) ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return unknown
  let millisecond = 0
  let at = start + 19
  if (load<u8>(at) === 46) {
    millisecond = number(at + 1, 3)
    if (millisecond < 0) return unknown
    at += 4
  }
  if (load<u8>(at) !== 90 || load<u8>(at, 1) !== 34) return unknown
  return (<f64>daysSince1970(year, month, day) * 86400 + <f64>(hour * 3600 + minute * 60 + second)) * 1000 + <f64>millisecond
}

function monthDays(year: i32, month: i32): i32 {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

/** H. Hinnant, days_from_civil: years begin in March, so that the leap day is their last. */
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year
  const era = y / 400
  const yearOfEra = y - era * 400
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
}

/**
 * Finds the lines that begin at `start` and end before `limit`, where a newline lies; at most `maxLines` of them. The place
 * behind each goes to `ends` (u32), its time to `times` (f64), which never falls: a line without one has that of the line before.
 * The name of the time is at `key`, in its quotes; `isPinoKey` says that it is `time`, as in pino.
 * Stops behind a line whose time it does not know: there it writes -1. Writes to `result` how many records have no time. Returns how
 * many lines.
 */
export function scan(
  start: usize,
  limit: usize,
  ends: usize,
  times: usize,
  maxLines: i32,
  before: f64,
  key: usize,
  keyLength: usize,
  isPinoKey: bool,
  result: usize,
): i32 {
  let at = start
  let last = before
  let count: i32 = 0
  let records: u32 = 0
  while (count < maxLines) {
    const end = newline(at) + 1
    if (end > limit) break
    let time = isPinoKey ? leading(at, end) : unknown
    if (time === unknown) time = located(at, end - 1, key, keyLength)
    if (time > last) last = time
    if (time === untimed) records++
    store<u32>(ends + ((<usize>count) << 2), <u32>end)
    store<f64>(times + ((<usize>count) << 3), time === unknown ? unknown : last)
    count++
    at = end
    if (time === unknown) break
  }
  store<u32>(result, records)
  return count
}
