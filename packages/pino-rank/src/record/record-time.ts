/**
 * Returns the time of a record in ms since 1970. Undefined if the value is not a time from 1970 on. A number is in seconds,
 * milliseconds, microseconds or nanoseconds: the unit follows from its size. A text holds such a number, or a date that `Date.parse` reads.
 * Its fraction may follow a comma, and its offset may lack the minutes. A date without an offset is in local time.
 */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value !== 'string') return undefined
  return /^\d+(\.\d+)?$/.test(value) ? fromNumber(Number(value)) : fromDate(value)
}

/** Each unit has the times of the years 1973 to 5138; seconds also have those before. */
function fromNumber(value: number): number | undefined {
  if (!(value >= 0 && value < 1e20)) return undefined
  if (value < 1e11) return value * 1000
  if (value < 1e14) return value
  return value < 1e17 ? value / 1000 : value / 1e6
}

function fromDate(text: string): number | undefined {
  if (!isDate.test(text)) return undefined
  const time = Date.parse(text.replace(fractionComma, '$1.').replace(shortOffset, '$1:00'))
  return time >= 0 ? time : undefined
}

/** Begins as an ISO date, or has a time of day. `Date.parse` also takes `"step 5"`: it is 2001. */
const isDate = /^\d{4}-\d\d|\d\d:\d\d/

const fractionComma = /(:\d\d),(?=\d)/
const shortOffset = /(:\d\d(?:\.\d+)? ?[+-]\d\d)$/
