import { at, type HeldLines } from './held-lines.ts'
import type { Layout } from './layout.ts'

/**
 * The time before which all lines are known: the least of the sources' last times, or of their horizons where those are later.
 *
 * @param done 1: the source has ended, and all of it is planned
 * @param horizons live: lines of each source that are older than its own are not waited for, in ms since 1970
 */
export function watermarkOf(held: HeldLines, layout: Layout, done: Uint8Array, horizons?: Float64Array): number {
  let watermark = Infinity
  let latest = -Infinity
  for (let source = 0; source < done.length; source++) {
    if (done[source]) continue
    const indexed = at(held.indexed, source)
    const has = at(held.next, source) < indexed
    const last = layout.line(source) + indexed - 1
    if (has) latest = Math.max(latest, at(held.times, last))
    if (held.ended[source] && has && at(held.ends, last) === at(held.limit, source)) continue
    const known = has ? at(held.times, last) : at(held.last, source)
    // a line that is longer than the memory stands where its time is known: nothing may come into it
    const isStrict = !horizons || held.long[source]
    watermark = Math.min(watermark, isStrict ? known : Math.max(known, at(horizons, source)))
  }
  return watermark === Infinity ? latest + 1 : watermark
}

/** The earliest time that is not planned, and the first source that has it. Infinity: there is none. */
export function earliestOf(held: HeldLines, layout: Layout, done: Uint8Array): { time: number; source: number } {
  let time = Infinity
  let source = -1
  for (let candidate = 0; candidate < done.length; candidate++) {
    const next = at(held.next, candidate)
    if (done[candidate] || next >= at(held.indexed, candidate)) continue
    const first = at(held.times, layout.line(candidate) + next)
    if (first < time) {
      time = first
      source = candidate
    }
  }
  return { time, source }
}
