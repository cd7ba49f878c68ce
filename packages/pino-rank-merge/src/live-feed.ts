import { setImmediate as turned } from 'node:timers/promises'
import { Inlet } from './inlet.ts'
import type { Source } from './merge.ts'
import type { Planner } from './planner.ts'
import type { Planned } from './source-feed.ts'

/** Sources that still speak. */
export interface Live {
  windowMs: number
  now(): number
}

/**
 * The plans of sources that still speak: all are asked as soon as there is room, and what is older than the window is not waited
 * for. A source counts as silent since a turn of the event loop looked for its bytes and found none: the window is counted from
 * then, so that nothing is late because this process was.
 */
export class LiveFeed {
  readonly #planner: Planner
  readonly #live: Live
  readonly #inlets: Inlet[]
  /** By source: when it was asked and has not answered; -1: it is not asked. */
  readonly #asked: Float64Array
  /** By source: up to when all that it said is here, less the window. */
  readonly #horizons: Float64Array
  /** When a turn of the event loop last began to look for bytes. */
  #looked: number
  /** A source has spoken since the last turn. */
  #isNews = false
  #wake: (() => void) | undefined
  #failed: { error: unknown } | undefined

  constructor(sources: readonly Source[], planner: Planner, live: Live) {
    this.#planner = planner
    this.#live = live
    this.#inlets = sources.map((source, index) => new Inlet(source, index, planner))
    this.#asked = new Float64Array(sources.length).fill(-1)
    this.#horizons = new Float64Array(sources.length).fill(-Infinity)
    this.#looked = live.now()
  }

  async *plans(): AsyncGenerator<Planned> {
    try {
      for (;;) {
        if (this.#failed) throw this.#failed.error
        this.#askAll()
        const outcome = this.#planner.plan(this.#horizons)
        if (outcome === 'planned') {
          yield { count: this.#planner.planned.count, waits: false }
          continue
        }
        this.#planner.settle()
        yield { count: 0, waits: true }
        if (outcome === 'done') return
        await this.#news()
      }
    } finally {
      for (const inlet of this.#inlets) inlet.close()
    }
  }

  /** A source that is behind with its lines is not asked for more. */
  #askAll(): void {
    const now = this.#live.now()
    for (const [source, inlet] of this.#inlets.entries()) {
      if (inlet.isFull) inlet.put(now)
      if (inlet.isFull || inlet.ended || this.#asked[source] !== -1) continue
      this.#asked[source] = now
      Promise.resolve(inlet.ask()).then(
        (result) => {
          this.#asked[source] = -1
          inlet.take(result)
          this.#tell()
        },
        (error) => {
          this.#failed = { error }
          this.#tell()
        },
      )
    }
  }

  #tell(): void {
    this.#isNews = true
    this.#wake?.()
  }

  /** Until a source has spoken, or lines may be older than the window; and the event loop has looked at all of them. */
  async #news(): Promise<void> {
    const { now, windowMs } = this.#live
    if (!this.#isNews) {
      const due = this.#planner.earliest + windowMs - this.#looked
      await new Promise<void>((wake) => {
        const timer = Number.isFinite(due) ? setTimeout(wake, Math.max(1, Math.min(due, windowMs))) : undefined
        this.#wake = () => {
          clearTimeout(timer)
          wake()
        }
      })
      this.#wake = undefined
      if (!this.#isNews) this.#looked = now() // the timer's: it runs before sources are looked at
    }
    await turned()
    this.#isNews = false
    const horizon = this.#looked - windowMs
    for (const [source, asked] of this.#asked.entries()) {
      if (asked === -1 || asked > this.#looked) continue
      this.#horizons[source] = this.#inlets[source]?.isAway ? Infinity : horizon
    }
    this.#looked = now()
  }
}
