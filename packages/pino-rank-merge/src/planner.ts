import { type Kernel, unknownTime } from './kernel.ts'
import type { Layout } from './layout.ts'
import type { LineTime } from './line-time.ts'

/**
 * 'planned': `count` ranges are to be written, in order. 'needs': the source `needed` has to be fed, or ended. 'waits': time has
 * to pass, or a source to speak. 'done': all sources have ended, and all is planned.
 */
export type Outcome = 'planned' | 'needs' | 'waits' | 'done'

const maxBins = 2 ** 16

/**
 * Orders the lines of several sources, each of which comes in its own order: a slice of time after another, in which all lines
 * are known, sorted by counting. Equal times stand in the order of the sources. No line is parsed but for its time, and none is
 * copied: the plan is ranges of the memory.
 *
 * A line longer than what a source may hold is planned in pieces when its turn comes, and nothing between them.
 */
export class Planner {
  /** The plan; places in the memory, and the source of each. */
  readonly from: Uint32Array
  readonly to: Uint32Array
  readonly sources: Uint16Array
  readonly times: Float64Array
  count = 0
  needed = -1
  /** Lines planned; those that were older than what was planned before; and sources that ended within a line. */
  readonly stats = { lines: 0, late: 0, unfinished: 0 }

  readonly #kernel: Kernel
  readonly #layout: Layout
  readonly #time: LineTime
  readonly #buffer: Buffer
  readonly #ends: Uint32Array
  readonly #lineTimes: Float64Array
  readonly #bins = new Uint32Array(maxBins + 2)
  readonly #count: number
  // by source: first line not planned, end of what is held, next indexed line and their number, the time of the last
  readonly #start: Uint32Array
  readonly #limit: Uint32Array
  readonly #next: Uint32Array
  readonly #indexed: Uint32Array
  readonly #last: Float64Array
  readonly #cut: Uint32Array
  readonly #ended: Uint8Array
  readonly #done: Uint8Array
  /** Holds the beginning of a line that is longer than all that it may hold. */
  readonly #long: Uint8Array
  /** The source in whose long line the plan is. */
  #within = -1
  /** All lines before this are planned. */
  #reached = -Infinity

  constructor(sources: number, kernel: Kernel, layout: Layout, time: LineTime) {
    const { buffer, byteOffset, byteLength } = kernel.bytes
    const lines = layout.line(sources)
    this.#kernel = kernel
    this.#layout = layout
    this.#time = time
    this.#buffer = Buffer.from(buffer, byteOffset, byteLength)
    this.#ends = new Uint32Array(buffer, byteOffset + layout.ends, lines)
    this.#lineTimes = new Float64Array(buffer, byteOffset + layout.times, lines)
    this.from = new Uint32Array(buffer, byteOffset + layout.from, lines)
    this.to = new Uint32Array(buffer, byteOffset + layout.to, lines)
    this.sources = new Uint16Array(lines)
    this.times = new Float64Array(lines)
    this.#count = sources
    this.#start = Uint32Array.from({ length: sources }, (_, source) => layout.slot(source))
    this.#limit = this.#start.slice()
    this.#next = new Uint32Array(sources)
    this.#indexed = new Uint32Array(sources)
    this.#last = new Float64Array(sources)
    this.#cut = new Uint32Array(sources)
    this.#ended = new Uint8Array(sources)
    this.#done = new Uint8Array(sources)
    this.#long = new Uint8Array(sources)
    time.key?.copy(this.#buffer, layout.key)
  }

  /** Where a source's next bytes go: a part of the memory, empty if it holds as much as it may. */
  room(source: number): Buffer {
    const slot = this.#layout.slot(source)
    const space = 2 * this.#layout.region
    const start = at(this.#start, source)
    const limit = at(this.#limit, source)
    if (start !== slot && slot + space - limit < this.#layout.region && this.#isRead(source)) {
      this.#buffer.copyWithin(slot, start, limit)
      this.#start[source] = slot
      this.#limit[source] = slot + limit - start
    }
    const end = at(this.#limit, source)
    return this.#buffer.subarray(end, Math.min(end + this.#layout.region, slot + space))
  }

  /** So many bytes were put where `room` said. */
  fed(source: number, length: number): void {
    const limit = at(this.#limit, source) + length
    this.#limit[source] = limit
    this.#buffer[limit] = 10 // the kernel looks for it
  }

  /** No more will come. A last line without its newline gets one. */
  end(source: number): void {
    this.#ended[source] = 1
  }

  /**
   * Plans what can be written now. What was planned before must have been copied, and `room` must not be called between.
   *
   * @param horizon in live use: older lines are not waited for, in ms since 1970. @default each source is waited for
   */
  plan(horizon: number = -Infinity): Outcome {
    this.count = 0
    if (this.#within !== -1) return this.#piece(this.#within) ? 'planned' : this.#needs(this.#within, horizon)
    let alive = false
    for (let source = 0; source < this.#count; source++) {
      if (this.#done[source]) continue
      if (this.#hasLines(source)) alive = true
      else if (this.#ended[source]) this.#done[source] = 1
      else if (horizon === -Infinity) return this.#needs(source, horizon)
      else alive = true
    }
    if (!alive) return 'done'
    return this.#slice(horizon) || this.#ties() ? 'planned' : 'waits'
  }

  #needs(source: number, horizon: number): Outcome {
    this.needed = source
    return horizon === -Infinity ? 'needs' : 'waits'
  }

  #hasLines(source: number): boolean {
    if (at(this.#next, source) < at(this.#indexed, source)) return true
    if (at(this.#limit, source) > at(this.#start, source) && this.#index(source)) return true
    if (!this.#ended[source] || at(this.#limit, source) === at(this.#start, source)) return false
    this.stats.unfinished++
    this.fed(source, 1) // the newline that the kernel looked for
    return this.#index(source)
  }

  /** Finds lines of what a source holds. False: there is no whole one. */
  #index(source: number): boolean {
    const first = this.#layout.line(source)
    const { most } = this.#layout
    const limit = at(this.#limit, source)
    const { key, leads } = this.#time
    let start = at(this.#start, source)
    let last = at(this.#last, source)
    let found = 0
    while (found < most) {
      const ends = this.#layout.ends + 4 * (first + found)
      const times = this.#layout.times + 8 * (first + found)
      const { scan } = this.#kernel
      const more = scan(start, limit, ends, times, most - found, last, this.#layout.key, key?.length ?? 0, leads)
      if (more === 0) break
      const index = first + found + more - 1
      found += more
      if (this.#lineTimes[index] !== unknownTime) {
        last = at(this.#lineTimes, index)
        break
      }
      if (more > 1) {
        start = at(this.#ends, index - 1)
        last = at(this.#lineTimes, index - 1)
      }
      const time = this.#time.read(this.#buffer.toString('utf8', start, at(this.#ends, index)))
      last = Math.max(last, time ?? last)
      this.#lineTimes[index] = last
      start = at(this.#ends, index)
    }
    if (found === 0 && limit - at(this.#start, source) === 2 * this.#layout.region) {
      const time = this.#time.readStart(this.#buffer.toString('utf8', start, start + this.#layout.region))
      last = Math.max(last, time ?? last)
      this.#ends[first] = limit
      this.#lineTimes[first] = last
      this.#long[source] = 1
      found = 1
    }
    this.#next[source] = 0
    this.#indexed[source] = found
    this.#last[source] = last
    return found > 0
  }

  /** Before when all lines are known: the least of the sources' last times, or of the horizon where that is later. */
  #watermark(horizon: number): number {
    let watermark = Infinity
    let latest = -Infinity
    for (let source = 0; source < this.#count; source++) {
      if (this.#done[source]) continue
      const indexed = at(this.#indexed, source)
      const has = at(this.#next, source) < indexed
      const last = this.#layout.line(source) + indexed - 1
      if (has) latest = Math.max(latest, at(this.#lineTimes, last))
      if (this.#ended[source] && has && at(this.#ends, last) === at(this.#limit, source)) continue
      const known = has ? at(this.#lineTimes, last) : at(this.#last, source)
      watermark = Math.min(watermark, this.#long[source] ? known : Math.max(known, horizon))
    }
    return watermark === Infinity ? latest + 1 : watermark
  }

  /** Of what is held and not planned, in ms since 1970; Infinity: nothing is. */
  get earliest(): number {
    return this.#earliest().time
  }

  /** The earliest time that is not planned, and the first source that has it. */
  #earliest(): { time: number; source: number } {
    let time = Infinity
    let source = -1
    for (let candidate = 0; candidate < this.#count; candidate++) {
      const next = at(this.#next, candidate)
      if (this.#done[candidate] || next >= at(this.#indexed, candidate)) continue
      const first = at(this.#lineTimes, this.#layout.line(candidate) + next)
      if (first < time) {
        time = first
        source = candidate
      }
    }
    return { time, source }
  }

  #slice(horizon: number): boolean {
    const watermark = this.#watermark(horizon)
    const { time: earliest } = this.#earliest()
    if (!(earliest < watermark)) return false
    let total = 0
    for (let source = 0; source < this.#count; source++) {
      const first = this.#layout.line(source)
      const next = first + at(this.#next, source)
      const end = this.#done[source]
        ? next
        : firstFrom(this.#lineTimes, next, first + at(this.#indexed, source), watermark)
      this.#cut[source] = Math.max(next, end) - first
      total += Math.max(0, end - next)
      if (earliest < this.#reached && end > next)
        this.stats.late += firstFrom(this.#lineTimes, next, end, this.#reached) - next
    }
    this.#sort(earliest, watermark - earliest, total)
    this.#reached = Math.max(this.#reached, watermark)
    this.#planned(total)
    return true
  }

  /** By counting lines in bins of time; a bin of more than one time is sorted by insertion, or, where that is too slow, as a whole. */
  #sort(earliest: number, range: number, total: number): void {
    let width = 1
    while (range / width > maxBins - 1 || (width < range && range / width > 4 * total + 64)) width *= 2
    const perWidth = 1 / width
    const bins = this.#bins
    const count = Math.floor(range * perWidth) + 1
    bins.fill(0, 0, count + 1)
    const times = this.#lineTimes
    for (let source = 0; source < this.#count; source++) {
      const first = this.#layout.line(source)
      const end = first + at(this.#cut, source)
      for (let line = first + at(this.#next, source); line < end; line++) {
        const bin = (((times[line] as number) - earliest) * perWidth) | 0
        bins[bin + 1] = (bins[bin + 1] as number) + 1
      }
    }
    for (let bin = 1; bin <= count; bin++) bins[bin] = (bins[bin] as number) + (bins[bin - 1] as number)
    for (let source = 0; source < this.#count; source++) this.#place(source, earliest, perWidth)
    // times need not be whole numbers
    if (!this.#isSorted(total) && !this.#insert(total)) this.#sortAll(total)
  }

  #place(source: number, earliest: number, perWidth: number): void {
    const first = this.#layout.line(source)
    const cut = at(this.#cut, source)
    const end = first + cut
    const { from, to, sources } = this
    const times = this.#lineTimes
    const ends = this.#ends
    const planTimes = this.times
    const bins = this.#bins
    let start = at(this.#start, source)
    for (let line = first + at(this.#next, source); line < end; line++) {
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
    this.#start[source] = start
    this.#next[source] = cut
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
        this.#put(place, this.#lineAt(place - 1))
        moves--
      }
      this.#put(place, line)
      if (moves < 0) return false
    }
    return true
  }

  #sortAll(total: number): void {
    const lines = Array.from({ length: total }, (_, index) => this.#lineAt(index))
    lines.sort((a, b) => a.time - b.time || a.source - b.source || a.from - b.from)
    for (const [index, line] of lines.entries()) this.#put(index, line)
  }

  #lineAt(index: number): PlannedLine {
    return {
      time: at(this.times, index),
      source: at(this.sources, index),
      from: at(this.from, index),
      to: at(this.to, index),
    }
  }

  #put(index: number, { time, source, from, to }: PlannedLine): void {
    this.times[index] = time
    this.sources[index] = source
    this.from[index] = from
    this.to[index] = to
  }

  /** Where all that is known has one time: the lines of that time of the first source that has it. */
  #ties(): boolean {
    const { time, source } = this.#earliest()
    if (source === -1 || time > this.#watermark(-Infinity)) return false
    const first = this.#layout.line(source)
    const next = at(this.#next, source)
    let end = next
    while (end < at(this.#indexed, source) && this.#lineTimes[first + end] === time) end++
    let start = at(this.#start, source)
    for (let line = next; line < end; line++) {
      this.#put(line - next, { time, source, from: start, to: at(this.#ends, first + line) })
      start = at(this.#ends, first + line)
    }
    this.#start[source] = start
    this.#next[source] = end
    this.#planned(end - next)
    if (this.#long[source]) {
      this.#long[source] = 0
      this.#within = source
    }
    return true
  }

  /** More of a long line. False: nothing of it is here. */
  #piece(source: number): boolean {
    const start = at(this.#start, source)
    let limit = at(this.#limit, source)
    if (start === limit) {
      if (!this.#ended[source]) return false
      this.stats.unfinished++
      this.#buffer[limit] = 10
      this.fed(source, 1)
      limit++
    }
    const newline = this.#buffer.indexOf(10, start) // there is one, behind the end at the latest
    const end = Math.min(newline + 1, limit)
    if (newline < limit) this.#within = -1
    this.#put(0, { time: at(this.#last, source), source, from: start, to: end })
    this.#start[source] = end
    this.count = 1
    return true
  }

  #planned(lines: number): void {
    this.count = lines
    this.stats.lines += lines
  }

  /** Is none of a source's lines waiting for its turn? */
  #isRead(source: number): boolean {
    return at(this.#next, source) >= at(this.#indexed, source)
  }
}

interface PlannedLine {
  time: number
  source: number
  from: number
  to: number
}

type Numbers = Uint32Array | Uint16Array | Float64Array

function at(numbers: Numbers, index: number): number {
  return numbers[index] as number
}

/** The first index in a sorted part whose time is not before this. */
function firstFrom(times: Float64Array, start: number, end: number, time: number): number {
  let [low, high] = [start, end]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((times[middle] as number) < time) low = middle + 1
    else high = middle
  }
  return low
}
