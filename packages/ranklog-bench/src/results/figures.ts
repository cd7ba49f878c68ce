/** Texts of figures for use in sentences: with few digits and the unit. */
import { shortNumber } from './table.ts'

/** Returns a rate in bytes a second as text: `210 MB/s`. */
export function rateText(bytesPerSecond: number): string {
  return `${shortText(bytesPerSecond / 1e6)} MB/s`
}

/** Returns a factor as text: `1.02 ×`, `3.1 ×`, `26 ×`. Only factors near 1 have two decimals. */
export function timesText(factor: number): string {
  return `${factorText(factor)} ×`
}

/** Returns a range as text: `2.8 to 3.4`. If both ends round to the same figure, returns only that. */
export function rangeText(low: number, high: number): string {
  const [from, to] = [factorText(low), factorText(high)]
  return from === to ? from : `${from} to ${to}`
}

function factorText(factor: number): string {
  const near = Number(factor.toFixed(2))
  return near < 2 ? near.toFixed(2) : shortText(factor)
}

/** Returns a number with three significant digits, a whole number with all its digits: `0.0123`, `8.4`, `208`, `12,345`. */
export function numberText(value: number): string {
  return shortNumber(value).toLocaleString('en', { maximumSignificantDigits: 21 })
}

/** Returns a time in ms with a suitable unit: `52 µs`, `8.4 ms`, `12.3 s`. */
export function timeText(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 0.1) return `${numberText(ms * 1000)} µs`
  return ms < 10_000 ? `${numberText(ms)} ms` : `${numberText(ms / 1000)} s`
}

/** Returns a fraction as percentage: `18 %`. Below 1 %, it has one decimal. */
export function percentText(part: number): string {
  const percent = part * 100
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`
}

/** Joins texts as in a sentence: `a`, `a and b`, `a, b and c`. */
export function listText(texts: readonly string[]): string {
  const last = texts.at(-1) ?? ''
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`
}

/** Returns a duration in ms as text for plans and progress: `0.5 s`, `42 s`, `12 min`, `1 h 5 min`. */
export function durationText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${shortText(seconds)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
}

/** Returns a number with two significant digits, from 10 on rounded to a whole number. */
function shortText(value: number): string {
  const rounded = value >= 10 ? Math.round(value) : Number(value.toPrecision(2))
  return rounded.toLocaleString('en')
}
