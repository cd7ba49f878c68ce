import type { Kernel, Layout } from '../kernel/index.ts'
import { firstFrom } from './first-from.ts'
import type { TimeKey } from './line-time.ts'
import { LongLine } from './long-line.ts'
import { OpenLine, type PartOutcome } from './open-line.ts'
import { type Outcome, Plan } from './plan.ts'
import { at, SourceBuffers } from './source-buffers.ts'
import { earliestOf, watermarkOf } from './watermark.ts'

const brace = 123

/** Added to a time to search for a later one, in ms. A number cannot represent a much smaller difference. */
const timeStep = 2 ** -10

/**
 * Orders the lines of several sources. It plans one slice of time after another in which all lines are known, and sorts
 * each by counting. The order of a source's own lines never changes. Lines with equal times are in the order of their
 * sources. Only the times of lines are parsed, and no line is copied: a plan consists of ranges of the memory.
 */
export class Planner {
  readonly planned: Plan
  /** Live: how many bytes of each source were planned at the last {@link updateEmittedBytes}. */
  readonly emittedBytes: Float64Array
  /** The source that must deliver bytes or end, after the outcome `needs`. */
  needed = -1
  readonly #buffers: SourceBuffers
  readonly #layout: Layout
  readonly #count: number
  /** All sources from this index on have delivered nothing and have not ended: a collector has spare slots. */
  #used = 0
  readonly #done: Uint8Array
  /** Index after the last line of each source in the slice. */
  readonly #cut: Uint32Array
  readonly #longLine: LongLine
  readonly #openLine: OpenLine
  /** All lines before this are planned. */
  #reached = -Infinity
  /** The next source to check for bytes before the next slice. */
  #round: number
  #lines = 0
  #late = 0

  constructor(sources: number, kernel: Kernel, layout: Layout, timeKey: TimeKey) {
    this.#layout = layout
    this.#count = sources
    this.#round = sources
    this.#buffers = new SourceBuffers(sources, kernel, layout, timeKey)
    this.planned = new Plan(sources, this.#buffers, layout)
    this.#longLine = new LongLine(this.#buffers, this.planned)
    this.#openLine = new OpenLine(this.#buffers, this.#longLine, this.planned, layout.newline)
    this.emittedBytes = new Float64Array(sources)
    this.#done = new Uint8Array(sources)
    this.#cut = new Uint32Array(sources)
  }

  /** Returns the memory for a source's next bytes. It is empty if the source has no room left. */
  room(source: number): Buffer {
    return this.#buffers.room(source)
  }

  /**
   * Records that `length` bytes were written to `room(source)`.
   *
   * @param arrived live: arrival time of these bytes, in ms since 1970. Lines get it until one of the source has a time
   */
  commit(source: number, length: number, arrived = 0): void {
    this.#used = Math.max(this.#used, source + 1)
    this.#buffers.arrivals.arrived[source] = arrived
    this.#buffers.commit(source, length)
  }

  /** Records that a source has ended. A last line without its newline gets one. */
  end(source: number): void {
    this.#used = Math.max(this.#used, source + 1)
    this.#buffers.ended[source] = 1
  }

  /** Updates {@link emittedBytes}. Call it when all planned lines are copied and no source has more bytes. */
  updateEmittedBytes(): void {
    const { receivedBytes, start, limit } = this.#buffers
    for (let source = 0; source < this.#count; source++)
      this.emittedBytes[source] = at(receivedBytes, source) - (at(limit, source) - at(start, source))
  }

  /** Returns by how many ms a live source's clock is ahead of ours. Negative: it is behind, or lines arrive late. */
  skew(source: number): number {
    return this.#buffers.arrivals.skew(source)
  }

  /** The earliest time of a line that is not planned, in ms since 1970. Infinity if there is none. */
  get earliest(): number {
    return earliestOf(this.#buffers, this.#layout, this.#done, this.#used).time
  }

  /** Returns the time of a source's last whole line, in ms since 1970. 0 if none of its lines had a time. */
  lastTime(source: number): number {
    if (source !== this.#longLine.source) this.#buffers.hasLines(source)
    return at(this.#buffers.last, source)
  }

  /** Returns how many records (JSON lines) of a source had no time. */
  untimed(source: number): number {
    return at(this.#buffers.untimed, source)
  }

  /** Reports whether one of a source's lines that are not planned yet is a record, and not text. */
  hasRecord(source: number): boolean {
    const { buffer, ends, start, next, indexed } = this.#buffers
    const first = this.#layout.line(source)
    let begin = at(start, source)
    for (let line = at(next, source); line < at(indexed, source); line++) {
      if (buffer[begin] === brace) return true
      begin = at(ends, first + line)
    }
    return false
  }

  /** Returns the time of the first line of a source that is not planned yet and is later than `time`. */
  timeAfter(source: number, time: number): number {
    const first = this.#layout.line(source)
    const end = first + at(this.#buffers.indexed, source)
    return at(
      this.#buffers.times,
      firstFrom(this.#buffers.times, first + at(this.#buffers.next, source), end, time + timeStep),
    )
  }

  /** Returns the minimum age of a live source's newest line at its arrival, in ms. */
  minLag(source: number): number {
    return this.#buffers.arrivals.minLag(source)
  }

  /** Counts planned lines, lines that came after a later one was planned, and sources that ended within a line. */
  stats(): { lines: number; late: number; unfinished: number } {
    return { lines: this.#lines, late: this.#late, unfinished: this.#buffers.unfinished }
  }

  /**
   * Plans the lines that can be written now. The previous plan must be copied before this and before `room` is called.
   *
   * @param horizons live: for each source, the time before which the merge does not wait for its lines, in ms since
   *   1970
   */
  plan(horizons?: Float64Array): Outcome {
    this.planned.count = 0
    if (this.#longLine.source !== -1) {
      if (this.#longLine.planPiece()) return 'planned'
      this.needed = this.#longLine.source
      return horizons ? 'waits' : 'needs'
    }
    if (this.#openLine.source !== -1 && this.#openLine.planRest()) {
      this.#lines++
      return 'planned'
    }
    if (!horizons && this.#findNextLow()) return 'needs'
    if (!horizons) this.#used = this.#count // all sources are read to their end
    let isAlive = this.#used < this.#count
    for (let source = 0; source < this.#used; source++) {
      if (this.#done[source]) continue
      if (this.#buffers.hasLines(source)) isAlive = true
      else if (this.#buffers.ended[source]) this.#done[source] = 1
      else if (!horizons) return this.#startRound()
      else isAlive = true
    }
    if (!isAlive) return 'done'
    const earliest = earliestOf(this.#buffers, this.#layout, this.#done, this.#used)
    const watermark = watermarkOf(this.#buffers, this.#layout, this.#done, this.#used, horizons)
    if (earliest.time > watermark) return 'waits'
    if (this.#openLine.source !== -1) this.#openLine.planBreak()
    else if (earliest.time < watermark) this.#planSlice(earliest.time, watermark)
    else this.#planTies(earliest, horizons !== undefined)
    return 'planned'
  }

  /** Live: plans the part of an incomplete line that has arrived, if it is text. Call it after the outcome `waits`. */
  planPart(source: number): PartOutcome {
    this.planned.count = 0
    return this.#openLine.planPart(source)
  }

  /** Reports whether the output ends within a line of the source. */
  isOpen(source: number): boolean {
    return this.#openLine.source === source
  }

  /** Called if a source has no line left. All sources with few bytes are then read, so that the next slice is long. */
  #startRound(): Outcome {
    this.#round = 0
    this.#findNextLow()
    return 'needs'
  }

  /** Sets {@link needed} to the next source of the round that has few bytes. Returns false if there is none. */
  #findNextLow(): boolean {
    while (this.#round < this.#count) {
      const source = this.#round++
      if (this.#done[source] || !this.#buffers.isLow(source)) continue
      this.needed = source
      return true
    }
    return false
  }

  #planSlice(earliest: number, watermark: number): void {
    let total = 0
    for (let source = 0; source < this.#used; source++) {
      const first = this.#layout.line(source)
      const next = first + at(this.#buffers.next, source)
      const end = this.#done[source]
        ? next
        : firstFrom(this.#buffers.times, next, first + at(this.#buffers.indexed, source), watermark)
      this.#cut[source] = Math.max(next, end) - first
      total += Math.max(0, end - next)
      if (earliest < this.#reached && end > next)
        this.#late += firstFrom(this.#buffers.times, next, end, this.#reached) - next
    }
    this.planned.sort(this.#cut.subarray(0, this.#used), earliest, watermark - earliest, total)
    this.#reached = Math.max(this.#reached, watermark)
    this.#lines += total
  }

  /**
   * Plans lines that all have the earliest time, source by source. Stops at the first source that may have more lines
   * of that time. Live, it plans those of all sources: a source whose memory is full could not continue otherwise.
   */
  #planTies({ time, source: from }: { time: number; source: number }, isLive: boolean): void {
    let count = 0
    for (let source = from; source < this.#used; source++) {
      const indexed = at(this.#buffers.indexed, source)
      const first = this.#layout.line(source)
      const before = at(this.#buffers.next, source)
      let next = before
      while (next < indexed && this.#buffers.times[first + next] === time) next++
      if (next === before) continue
      this.planned.append(source, next - before, count)
      count += next - before
      const start = at(this.#buffers.start, source)
      if (this.#longLine.begin(source)) break
      if (!isLive && next === indexed && !(this.#buffers.ended[source] && start === at(this.#buffers.limit, source)))
        break
    }
    if (time < this.#reached) this.#late += count
    this.#reached = Math.max(this.#reached, time)
    this.planned.count = count
    this.#lines += count
  }
}
