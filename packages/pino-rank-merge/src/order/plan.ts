import { type Layout, maxBins } from '../kernel/index.ts'
import { at, type SourceBuffers } from './source-buffers.ts'

/**
 * - `planned`: the lines in `planned` must be copied.
 * - `needs`: the source `needed` must deliver bytes, or end.
 * - `waits`: time must pass, or a source must deliver bytes.
 * - `done`: all sources have ended, and all lines are planned.
 */
export type Outcome = 'planned' | 'needs' | 'waits' | 'done'

/** Offsets of two lists in the memory: the starts and the ends of ranges. */
export interface Places {
  from: number
  to: number
}

/** Offsets of the lists of sources and times as well. */
export interface PlanPlaces extends Places {
  sources: number
  planTimes: number
}

/** Lines that can be written. Their plan must be copied before the next one is requested. */
export interface Planned {
  count: number
  /** True if nothing more can be planned for now. */
  isIdle: boolean
}

/** Ranges of the memory in the order in which they are written, with their sources and times. */
export class Plan {
  count = 0
  readonly places: PlanPlaces
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly sources: Uint16Array
  readonly times: Float64Array
  readonly #buffers: SourceBuffers
  readonly #layout: Layout
  readonly #bins: Uint32Array

  constructor(sources: number, buffers: SourceBuffers, layout: Layout) {
    const { buffer, byteOffset } = buffers.buffer
    const lines = layout.line(sources)
    this.#buffers = buffers
    this.#layout = layout
    this.#bins = new Uint32Array(buffer, byteOffset + layout.bins, maxBins + 2)
    this.places = layout
    this.from = new Uint32Array(buffer, byteOffset + layout.from, lines)
    this.to = new Uint32Array(buffer, byteOffset + layout.to, lines)
    this.sources = new Uint16Array(buffer, byteOffset + layout.sources, lines)
    this.times = new Float64Array(buffer, byteOffset + layout.planTimes, lines)
  }

  /**
   * Takes the next lines of each source, up to `cut`, and sorts them by time. Lines are counted in bins of time. Bins
   * with more than one time are then sorted by insertion. If that takes too long, all lines are sorted.
   */
  sort(cut: Uint32Array, earliest: number, range: number, total: number): void {
    let width = 1
    while (range / width > maxBins - 1 || (width < range && range / width > 4 * total + 64)) width *= 2
    const perWidth = 1 / width
    const count = Math.floor(range * perWidth) + 1
    this.#bins.fill(0, 0, count + 1)
    const { kernel } = this.#buffers
    const { bins, planTimes, times } = this.#layout
    for (let source = 0; source < cut.length; source++) {
      const next = at(this.#buffers.next, source)
      const lines = at(cut, source) - next
      const first = times + 8 * (this.#layout.line(source) + next)
      if (lines > 0) kernel.countTimes(first, lines, earliest, perWidth, bins)
    }
    kernel.sumBins(bins, count)
    for (let source = 0; source < cut.length; source++)
      if (at(cut, source) > at(this.#buffers.next, source)) this.#place(source, at(cut, source), earliest, perWidth)
    // a bin may have several times, which need not be whole numbers
    if (!kernel.isSorted(planTimes, total) && !this.#insert(total)) this.#sortAll(total)
    this.count = total
  }

  /**
   * Appends the next lines of a source, which must all have the same time.
   *
   * @param planned number of lines in the plan so far
   */
  append(source: number, lines: number, planned: number): void {
    const next = at(this.#buffers.next, source)
    this.#bins[0] = planned
    this.#place(source, next + lines, at(this.#buffers.times, this.#layout.line(source) + next), 0)
  }

  #place(source: number, cut: number, earliest: number, perWidth: number): void {
    const { kernel, next, start } = this.#buffers
    const { bins, from, to, planTimes, sources, times, ends } = this.#layout
    const first = this.#layout.line(source) + at(next, source)
    start[source] = kernel.placeLines(
      times + 8 * first,
      ends + 4 * first,
      cut - at(next, source),
      at(start, source),
      source,
      earliest,
      perWidth,
      bins,
      from,
      to,
      planTimes,
      sources,
    )
    next[source] = cut
  }

  /** Sorts by insertion. If that takes too long, returns false, and the plan is partly sorted. */
  #insert(total: number): boolean {
    const times = this.times
    let moves = 16 * total
    for (let index = 1; index < total; index++) {
      const time = times[index] as number
      if ((times[index - 1] as number) <= time) continue
      const line = this.#lineAt(index)
      let place = index
      for (; place > 0 && (times[place - 1] as number) > time; place--) {
        this.put(place, this.#lineAt(place - 1))
        moves--
      }
      this.put(place, line)
      if (moves < 0) return false
    }
    return true
  }

  #sortAll(total: number): void {
    const lines = Array.from({ length: total }, (_, index) => this.#lineAt(index))
    lines.sort((a, b) => a.time - b.time || a.source - b.source || a.from - b.from)
    for (const [index, line] of lines.entries()) this.put(index, line)
  }

  #lineAt(index: number): PlannedLine {
    return {
      time: at(this.times, index),
      source: at(this.sources, index),
      from: at(this.from, index),
      to: at(this.to, index),
    }
  }

  put(index: number, { time, source, from, to }: PlannedLine): void {
    this.times[index] = time
    this.sources[index] = source
    this.from[index] = from
    this.to[index] = to
  }
}

interface PlannedLine {
  time: number
  source: number
  from: number
  to: number
}
