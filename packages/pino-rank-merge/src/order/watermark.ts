import type { Layout } from '../kernel/index.ts'
import { at, type SourceBuffers } from './source-buffers.ts'

/**
 * Returns the watermark: the time before which all lines are known. It is the minimum over all sources of the source's
 * last time, or of its horizon if that is later.
 *
 * @param done 1 if the source has ended and all its lines are planned
 * @param used all sources from this index on have delivered nothing and have not ended
 * @param horizons live: the time for each source before which the merge does not wait for its lines, in ms since 1970
 */
export function watermarkOf(
  buffers: SourceBuffers,
  layout: Layout,
  done: Uint8Array,
  used: number,
  horizons?: Float64Array,
): number {
  let watermark = Infinity
  let latest = -Infinity
  for (let source = 0; source < used; source++) {
    if (done[source]) continue
    const indexed = at(buffers.indexed, source)
    const hasLines = at(buffers.next, source) < indexed
    const last = layout.line(source) + indexed - 1
    if (hasLines) latest = Math.max(latest, at(buffers.times, last))
    if (buffers.ended[source] && hasLines && at(buffers.ends, last) === at(buffers.limit, source)) continue
    const known = hasLines ? at(buffers.times, last) : at(buffers.last, source)
    // A line that is longer than the memory is written in pieces, in the order of its time. No other line may come in between.
    const isStrict = !horizons || buffers.long[source]
    watermark = Math.min(watermark, isStrict ? known : Math.max(known, at(horizons, source)))
  }
  for (let source = used; source < done.length && horizons; source++)
    watermark = Math.min(watermark, Math.max(0, at(horizons, source)))
  return watermark === Infinity ? latest + 1 : watermark
}

/**
 * Returns the earliest time that is not planned, and the first source that has it. Infinity if there is none.
 *
 * @param used like that of {@link watermarkOf}
 */
export function earliestOf(
  buffers: SourceBuffers,
  layout: Layout,
  done: Uint8Array,
  used: number,
): { time: number; source: number } {
  let time = Infinity
  let source = -1
  for (let candidate = 0; candidate < used; candidate++) {
    const next = at(buffers.next, candidate)
    if (done[candidate] || next >= at(buffers.indexed, candidate)) continue
    const first = at(buffers.times, layout.line(candidate) + next)
    if (first < time) {
      time = first
      source = candidate
    }
  }
  return { time, source }
}
