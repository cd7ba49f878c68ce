/*
 * Finds the ends of lines and their times. It has no state and allocates nothing: every argument is an offset in the
 * memory, or a number. src/kernel/js-kernel.ts does the same without WebAssembly, and a test compares the two.
 */

const levelHead: i64 = 0x6c6576656c227b // {"level
const timeKey: i64 = 0x3a22656d6974222c // ,"time":
const zeros: i64 = 0x3030303030303030
const high: i64 = 0x8080808080808080

/** The time of a line that JavaScript has to parse. */
const unknown: f64 = -1
/** The times of text, and of a record without a time. Both get the time of the line before them. */
const none: f64 = -2
const untimed: f64 = -3

/** Returns the offset of the next newline. There must be one at the end of the data. */
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

/** Returns 0 if all eight bytes, minus '0', are digits. */
function isOdd(digits: i64): i64 {
  return (digits | (digits + 0x7676767676767676)) & high
}

/** Returns the number of eight digits, minus '0', with the first digit in the lowest byte. */
function eight(digits: i64): i64 {
  const pairs = digits * 10 + (digits >>> 8)
  return (
    ((pairs & 0x000000ff000000ff) * 0x000f424000000064 + ((pairs >>> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>>
    32
  )
}

/** Returns the time in pino's layout: `{"level":30,"time":1700000000000`, then a comma or a brace. Otherwise `unknown`. */
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

/** Returns the offset after a string. @param start the offset after its opening quote */
function stringEnd(start: usize, end: usize): usize {
  let at = start
  while (at < end) {
    const byte = load<u8>(at++)
    if (byte === 34) return at
    if (byte === 92) at++
  }
  return end
}

/** Returns the time of a JSON line in any layout, if it is a field of the line itself. `unknown` without a key. */
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

/** Reports whether a name contains an escape. */
function hasEscape(start: usize, end: usize): bool {
  for (let at = start; at < end; at++) if (load<u8>(at) === 92) return true
  return false
}

/** Reports whether a byte is white space of JSON. */
function isSpace(byte: u8): bool {
  return byte === 32 || byte === 9 || byte === 13
}

function isEqual(a: usize, b: usize, length: usize): bool {
  for (let at: usize = 0; at < length; at++) if (load<u8>(a + at) !== load<u8>(b + at)) return false
  return true
}

/** Returns a time of 12 to 14 digits, in ms, or an ISO time in UTC with seconds or milliseconds. Otherwise `unknown`. */
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

/** Returns the days since 1970 (H. Hinnant, days_from_civil). Years begin in March, so that the leap day is the last day. */
function daysSince1970(year: i32, month: i32, day: i32): i32 {
  const y = month <= 2 ? year - 1 : year
  const era = y / 400
  const yearOfEra = y - era * 400
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
  return era * 146097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719468
}

/**
 * Finds the lines from `start` to `limit`, at most `maxLines`. There must be a newline at `limit`.
 *
 * Writes the end of each line to `ends` (u32), and its time to `times` (f64). Times never decrease: a line without a
 * time gets that of the line before it, and the first one gets `before`. The name of the time is at `key`, in quotes;
 * `isPinoKey` is true if it is `time`. Stops after a line whose time it cannot read, which gets the time -1. Stores the
 * number of records without a time in `result`. Returns the number of lines.
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
