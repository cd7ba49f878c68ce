import { at, type HeldLines } from './held-lines.ts'
import type { Layout } from './layout.ts'

const maxBins = 2 ** 16

/** Where ranges begin and end: two lists of numbers in the memory. */
export interface Places {
  from: number
  to: number
}

/** And of which source and time they are. */
export interface PlanPlaces extends Places {
  sources: number
  planTimes: number
}

/** Ranges of the memory in the order in which they are written, and of which source and time they are. */
export class Plan {
  count = 0
  readonly places: PlanPlaces
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly sources: Uint16Array
  readonly times: Float64Array
  readonly #held: HeldLines
  readonly #layout: Layout
  readonly #count: number
  readonly #bins = new Uint32Array(maxBins + 2)

  constructor(sources: number, held: HeldLines, layout: Layout) {
    const { buffer, byteOffset } = held.buffer
    const lines = layout.line(sources)
    this.#held = held
    this.#layout = layout
    this.#count = sources
    this.places = layout
    this.from = new Uint32Array(buffer, byteOffset + layout.from, lines)
    this.to = new Uint32Array(buffer, byteOffset + layout.to, lines)
    this.sources = new Uint16Array(buffer, byteOffset + layout.sources, lines)
    this.times = new Float64Array(buffer, byteOffset + layout.planTimes, lines)
  }

  /**
   * Takes each source's next lines up to `cut`, sorted: by counting lines in bins of time; a bin of more than one time is sorted by
   * insertion, or, where that is too slow, as a whole.
   */
  sort(cut: Uint32Array, earliest: number, range: number, total: number): void {
    let width = 1
    while (range / width > maxBins - 1 || (width < range && range / width > 4 * total + 64)) width *= 2
    const perWidth = 1 / width
    const bins = this.#bins
    const count = Math.floor(range * perWidth) + 1
    bins.fill(0, 0, count + 1)
    const times = this.#held.times
    for (let source = 0; source < this.#count; source++) {
      const first = this.#layout.line(source)
      const end = first + at(cut, source)
      if (at(cut, source) === at(this.#held.next, source)) continue
      for (let line = first + at(this.#held.next, source); line < end; line++) {
        const bin = (((times[line] as number) - earliest) * perWidth) | 0
        bins[bin + 1] = (bins[bin + 1] as number) + 1
      }
    }
    for (let bin = 1; bin <= count; bin++) bins[bin] = (bins[bin] as number) + (bins[bin - 1] as number)
    for (let source = 0; source < this.#count; source++)
      if (at(cut, source) > at(this.#held.next, source)) this.#place(source, at(cut, source), earliest, perWidth)
    // times need not be whole numbers
    if (!this.#isSorted(total) && !this.#insert(total)) this.#sortAll(total)
    this.count = total
  }

  #place(source: number, cut: number, earliest: number, perWidth: number): void {
    const first = this.#layout.line(source)
    const end = first + cut
    const { from, to, sources } = this
    const times = this.#held.times
    const ends = this.#held.ends
    const planTimes = this.times
    const bins = this.#bins
    let start = at(this.#held.start, source)
    for (let line = first + at(this.#held.next, source); line < end; line++) {
      const time = times[line] as number
      const bin = ((time - earliest) * perWidth) | 0
      const place = bins[bin] as number
      bins[bin] = place + 1
      from[place] = start
      start = ends[line] as number
      to[place] = start
      planTimes[place] = time
      sources[place] = source
    }
    this.#held.start[source] = start
    this.#held.next[source] = cut
  }

  #isSorted(total: number): boolean {
    const times = this.times
    for (let index = 1; index < total; index++)
      if ((times[index - 1] as number) > (times[index] as number)) return false
    return true
  }

  /** False, and halfway: it takes too long. */
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
