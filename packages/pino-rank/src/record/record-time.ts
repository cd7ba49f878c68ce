/**
 * Returns the time of a record in ms since 1970. Undefined if the value is not a time from 1970 on. A number is in seconds,
 * milliseconds, microseconds or nanoseconds: its size shows the unit. A string holds such a number, an ISO 8601 date, or another
 * date that `Date.parse` reads. In both, the fraction may follow a comma. A date is read to the millisecond; without an offset it
 * is local time.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return isNumber.test(text) ? fromNumber(Number(text.replace(',', '.'))) : fromDate(text)
}

const isNumber = /^\d+(?:[.,]\d+)?(?:e\+?\d+)?$/i

/** The limits between the units: each unit covers the years 1973 to 5138, and seconds also those before. */
function fromNumber(value: number): number | undefined {
  if (!(value >= 0 && value < 1e20)) return undefined
  if (value < 1e11) return value * 1000
  if (value < 1e14) return value
  return value < 1e17 ? value / 1000 : value / 1e6
}

function fromDate(text: string): number | undefined {
  const iso = isoDate.exec(text)
  const time = iso ? fromIso(iso) : isDate.test(text) ? Date.parse(text.replace(fractionComma, '$1.')) : NaN
  return time >= 0 ? time : undefined
}

/**
 * Matches an ISO 8601 date as loggers write it: with `-`, `/` or nothing between its numbers, with `T` or spaces before the time
 * of day, with or without seconds, with a fraction of any length, with or without an offset, and with Java's name of the time
 * zone after it.
 */
const isoDate =
  /^(\d{4})([-/]?)(\d\d)\2(\d\d)(?:(?:T| +)(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d+))?)?)? ?(Z|UTC|GMT|[+-]\d\d(?::?\d\d)?)?(?:\[[\w/+-]+\])?)?$/i

function fromIso(match: RegExpExecArray): number {
  const [, year, , month, day, hour, minute = '00', second = '00', fraction = '0', offset = ''] = match
  const date = `${year}-${month}-${day}`
  if (hour === undefined) return Date.parse(date)
  const [, sign, hours, minutes = '00'] = /^([+-])(\d\d):?(\d\d)?$/.exec(offset) ?? []
  const zone = sign ? `${sign}${hours}:${minutes}` : offset && 'Z'
  return Date.parse(`${date}T${hour}:${minute}:${second}.${fraction}${zone}`)
}

/** Matches text with a year and a time of day. `Date.parse` alone also takes `"step 5"`, which is 2001, and a date without a year. */
const isDate = /^(?=.*(?<![\d.,])\d{4}(?!\d)).*\d\d:\d\d/

const fractionComma = /(:\d\d),(?=\d)/
