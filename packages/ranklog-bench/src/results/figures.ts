/** Figures as texts of sentences: few digits, with their unit. */
import { shortNumber } from './table.ts'

/** `210 MB/s` from bytes a second. */
export function rateText(bytesPerSecond: number): string {
  return `${shortText(bytesPerSecond / 1e6)} MB/s`
}

/** `1.02 ×`, `3.1 ×`, `26 ×`: hundredths matter near 1 only. */
export function timesText(factor: number): string {
  return `${factorText(factor)} ×`
}

/** `2.8 to 3.4`, or one figure where both round to it. */
export function rangeText(low: number, high: number): string {
  const [from, to] = [factorText(low), factorText(high)]
  return from === to ? from : `${from} to ${to}`
}

function factorText(factor: number): string {
  const near = Number(factor.toFixed(2))
  return near < 2 ? near.toFixed(2) : shortText(factor)
}

/** Three digits that count, and all digits of a whole number: `0.0123`, `8.4`, `208`, `12,300`. */
export function numberText(value: number): string {
  return shortNumber(value).toLocaleString('en', { maximumSignificantDigits: 21 })
}

/** A time with its unit: `52 µs`, `8.4 ms`, `12.3 s`. */
export function timeText(ms: number): string {
  if (ms === 0) return '0 ms'
  if (ms < 0.1) return `${numberText(ms * 1000)} µs`
  return ms < 10_000 ? `${numberText(ms)} ms` : `${numberText(ms / 1000)} s`
}

/** `18 %` from .18; below 1 % with a digit more. */
export function percentText(part: number): string {
  const percent = part * 100
  return `${percent > 0 && percent < 1 ? percent.toFixed(1) : percent.toFixed(0)} %`
}

/** Texts as a list of a sentence: `a`, `a and b`, `a, b and c`. */
export function listText(texts: readonly string[]): string {
  const last = texts.at(-1) ?? ''
  return texts.length < 2 ? last : `${texts.slice(0, -1).join(', ')} and ${last}`
}

/** `0.5 s`, `42 s`, `12 min`, `1 h 5 min` from ms: for plans and progress. */
export function durationText(ms: number): string {
  const seconds = ms / 1000
  if (seconds < 10) return `${shortText(seconds)} s`
  if (seconds < 90) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`
}

/** Two digits that count, and all of an integer. */
function shortText(value: number): string {
  const rounded = value >= 10 ? Math.round(value) : Number(value.toPrecision(2))
  return rounded.toLocaleString('en')
}
