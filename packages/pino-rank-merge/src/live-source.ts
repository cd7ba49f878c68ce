import type { Inlet } from './inlet.ts'
import type { Planner } from './planner.ts'
import type { ReorderWindow } from './reorder-window.ts'

/** A source whose lines are older when they arrive does not hold the others, in ms: its clock may stand still. */
const maxLagMs = 30_000

/**
 * For how long after its first bytes a source may be behind without being taken for one whose clock is, in ms: its first lines may have
 * waited for a collector, or for those of other ranks.
 */
const firstLinesMs = 2000

/** What decides whether a source is waited for now. */
export interface Moment {
  /** When a turn of the event loop began that looked for bytes of all sources, in ms since 1970. */
  looked: number
  window: ReorderWindow
  /** Sources that have given nothing yet are waited for, too. */
  isStart: boolean
  /** Lines of some source wait. */
  isWaiting: boolean
}

/**
 * A source that still speaks, and whether the others wait for it. A source may be passed when it was asked and silent for a whole
 * window: a producer that finds its pipe full sleeps with a line in hand, which comes only after the pipe was read. What it gives
 * without a new time is no sign that earlier lines have come, nor are times that are far from ours: they do not count as speech.
 */
export class LiveSource {
  readonly #inlet: Inlet
  readonly #planner: Planner
  readonly #source: number
  #isAsked = false
  /** It has told a new time, or was left unasked: its silence begins when it is asked. */
  #isFresh = true
  /** Since when it is silent, in ms since 1970. */
  #since = 0
  #wasAway = false
  /** When its first bytes arrived, in ms since 1970. */
  #first = Infinity

  constructor(inlet: Inlet, planner: Planner, source: number) {
    this.#inlet = inlet
    this.#planner = planner
    this.#source = source
  }

  /** Since when it is silent though it is asked; Infinity: it is not. */
  get since(): number {
    return this.#isAsked ? this.#since : Infinity
  }

  /** It has given nothing yet. */
  get isNew(): boolean {
    return this.#inlet.arrived === 0
  }

  /**
   * Feeds the planner with what has come.
   *
   * @param maxWindowMs how late lines may be at most
   * @returns for how long the source held a line back though it was read, in ms
   */
  feed(maxWindowMs: number): number {
    const inlet = this.#inlet
    if (!inlet.isAhead) return 0
    const before = this.#planner.lastTime(this.#source)
    inlet.put()
    if (inlet.isAhead) {
      this.#isFresh = true // times that nobody knows yet
      return 0
    }
    const last = this.#planner.lastTime(this.#source)
    const lagMs = inlet.arrived - last
    const isNew = last > before
    if (!isNew && !this.#planner.hasRecord(this.#source)) return 0 // many may be of one millisecond
    this.#first = Math.min(this.#first, inlet.arrived)
    const isClockBehind =
      inlet.arrived - this.#first >= firstLinesMs && this.#planner.leastLag(this.#source) > maxWindowMs
    if (lagMs > (isNew ? maxLagMs : maxWindowMs) || isClockBehind) return 0
    this.#isFresh = true
    return isNew ? inlet.arrived - Math.max(this.#planner.timeAfter(this.#source, before), this.#since) : 0
  }

  /** Asks for more, where there is room for it. Undefined: it is asked, full or at its end. */
  ask(now: number): ReturnType<Inlet['ask']> | undefined {
    const inlet = this.#inlet
    if (inlet.isFull) this.#isFresh = true
    if (this.#isAsked || inlet.isFull || inlet.ended) return undefined
    if (this.#isFresh) this.#since = now
    this.#isFresh = false
    this.#isAsked = true
    return inlet.ask()
  }

  /** @param now the present, in ms since 1970 */
  take(result: IteratorResult<Uint8Array>, now: number): void {
    this.#isAsked = false
    this.#inlet.take(result, now)
  }

  /** It was left unasked for a while: if it is not asked now, it may have filled its pipe. */
  restart(): void {
    if (!this.#isAsked) this.#isFresh = true
  }

  /** Before when its lines are not waited for, in ms since 1970. Infinity: it is not waited for at all. */
  horizon({ looked, window, isStart, isWaiting }: Moment): number {
    const isAway = this.#inlet.isAway
    if (this.#wasAway && !isAway) this.#since = Math.max(this.#since, looked)
    this.#wasAway = isAway
    if (this.#planner.lastTime(this.#source) === 0 && !(isStart && this.isNew && !isAway)) return Infinity
    if (!this.#isAsked || this.#inlet.isAhead) return -Infinity
    if (isAway) return Infinity
    const silentMs = looked - this.#since
    if (silentMs < window.ms) return -Infinity
    if (silentMs < window.maxMs && isWaiting && this.#inlet.computes(silentMs)) return -Infinity
    return looked - window.ms
  }

  close(): void {
    this.#inlet.close()
  }
}
