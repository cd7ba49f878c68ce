import type { Planner } from './planner.ts'
import type { ReorderWindow } from './reorder-window.ts'
import type { SourceReader } from './source-reader.ts'

/**
 * If the lines of a source are older than this when they arrive, in ms, the merge does not wait for the source. Its
 * clock may have stopped.
 */
const maxLagMs = 30_000

/**
 * For this long after a source's first bytes, in ms, late lines are no evidence that its clock is behind. They may have
 * waited for a collector, or for lines of other ranks.
 */
const firstLinesMs = 2000

const newline = 10

/** The state that decides whether the merge waits for a source. */
export interface Moment {
  /** Start of the event loop turn that looked for bytes of all sources, in ms since 1970. */
  lastTurn: number
  window: ReorderWindow
  /** True while the merge also waits for sources that have delivered nothing yet. */
  isStart: boolean
}

/**
 * A live source. It decides whether the merge waits for the source. The merge stops waiting when the source has been
 * read and was then silent for the whole window.
 *
 * The silence counts only while the source is being read. A program whose pipe is full may have a line that it can
 * write only after the pipe was read. Bytes without a new time do not end the silence, nor do times that are far from
 * ours: they do not prove that all earlier lines have arrived.
 */
export class LiveSource {
  readonly #reader: SourceReader
  readonly #planner: Planner
  /** Index of the source among all sources. */
  readonly index: number
  #isReading = false
  /** True if it has delivered a new time, or could not be read. Its silence then begins with the next read. */
  #isFresh = true
  /** Start of its silence, in ms since 1970. */
  #since = 0
  #wasAway = false
  /** When its first bytes arrived, in ms since 1970. */
  #first = Infinity
  /** Arrival of the first byte of an incomplete line, in ms since 1970. Infinity if there is no part that may be written. */
  #partSince = Infinity

  constructor(reader: SourceReader, planner: Planner, index: number) {
    this.#reader = reader
    this.#planner = planner
    this.index = index
  }

  /** Start of its silence, in ms since 1970. Infinity if no read is pending, because it is then not silent. */
  get since(): number {
    return this.#isReading ? this.#since : Infinity
  }

  /** True if it has delivered nothing yet. */
  get isNew(): boolean {
    return this.#reader.arrived === 0
  }

  /**
   * Passes bytes that have arrived to the planner.
   *
   * @param maxWindowMs maximum by which lines may be late
   * @returns how long the source delayed a line although it was being read, in ms
   */
  deliver(maxWindowMs: number): number {
    const reader = this.#reader
    if (!reader.isAhead) return 0
    const before = this.#planner.lastTime(this.index)
    reader.put()
    if (reader.isAhead) {
      this.#isFresh = true // their times are not known yet
      return 0
    }
    const last = this.#planner.lastTime(this.index)
    const lagMs = reader.arrived - last
    const hasNewTime = last > before
    if (!hasNewTime && !this.#planner.hasRecord(this.index)) return 0 // many records may have the same millisecond
    this.#first = Math.min(this.#first, reader.arrived)
    const isClockBehind = reader.arrived - this.#first >= firstLinesMs && this.#planner.minLag(this.index) > maxWindowMs
    if (lagMs > (hasNewTime ? maxLagMs : maxWindowMs) || isClockBehind) return 0
    this.#isFresh = true
    return hasNewTime ? reader.arrived - Math.max(this.#planner.timeAfter(this.index, before), this.#since) : 0
  }

  /** Reads the source if there is room. Returns undefined if a read is pending, there is no room, or the source has ended. */
  read(now: number): ReturnType<SourceReader['read']> | undefined {
    const reader = this.#reader
    if (reader.isFull) this.#isFresh = true
    if (this.#isReading || reader.isFull || reader.isEnded) return undefined
    if (this.isNew) this.#wasAway = reader.isAway
    if (this.#isFresh) this.#since = now
    this.#isFresh = false
    this.#isReading = true
    return reader.read()
  }

  /** Takes the result of a read. @param now the current time, in ms since 1970 */
  take(result: IteratorResult<Uint8Array>, now: number): void {
    this.#isReading = false
    this.#reader.take(result, now)
    if (result.done) this.#partSince = Infinity
    else if (result.value.length > 0) this.#noteEnd(result.value, now)
  }

  /** Records whether the bytes end within a line, and when that line arrived. */
  #noteEnd(bytes: Uint8Array, now: number): void {
    const end = bytes.lastIndexOf(newline) + 1
    if (end === bytes.length) this.#partSince = Infinity
    else if (end > 0 || this.#partSince === Infinity) this.#partSince = now
  }

  /** Returns when a part of a line may be written, in ms since 1970. Infinity if there is none. */
  partDue(maxAgeMs: number): number {
    return this.#partSince + maxAgeMs
  }

  /**
   * Plans the part of an incomplete line that arrived `maxAgeMs` ago. Returns true if something was planned.
   *
   * @param lastTurn start of the event loop turn that looked for the end of the line, in ms since 1970
   */
  planPart(lastTurn: number, maxAgeMs: number): boolean {
    const reader = this.#reader
    if (lastTurn < this.partDue(maxAgeMs) || !this.#isReading || reader.isAhead || reader.hasBytes) return false
    const outcome = this.#planner.planPart(this.index)
    const hasPlanned = outcome === 'planned' && this.#planner.isOpen(this.index)
    if (hasPlanned || outcome === 'nothing') this.#partSince = Infinity
    return outcome === 'planned'
  }

  /** Called after a pause without reads. If no read is pending, the program may have filled its pipe meanwhile. */
  restart(): void {
    if (!this.#isReading) this.#isFresh = true
  }

  /**
   * Returns the time before which the merge does not wait for its lines, in ms since 1970. Infinity: it does not wait
   * at all.
   */
  horizon({ lastTurn, window, isStart }: Moment): number {
    const reader = this.#reader
    if (this.#planner.lastTime(this.index) === 0 && !(isStart && this.isNew && !reader.isAway)) return Infinity
    if (!this.#isReading || reader.isAhead || reader.hasBytes) return -Infinity
    const { isAway } = reader
    if (this.#wasAway && !isAway) this.#since = Math.max(this.#since, lastTurn)
    this.#wasAway = isAway
    if (isAway) return Infinity
    const silentMs = lastTurn - this.#since
    if (silentMs < window.ms) return -Infinity
    const mayWait = silentMs < window.maxMs && this.#planner.earliest !== Infinity
    if (mayWait && reader.isComputing(silentMs)) return -Infinity
    return lastTurn - window.ms
  }

  close(): void {
    this.#reader.close()
  }
}
