import { setImmediate as turned } from 'node:timers/promises'
import { Backlog } from './backlog.ts'
import { Inlet } from './inlet.ts'
import type { LiveMemory } from './live-memory.ts'
import { LiveSource, type Moment } from './live-source.ts'
import type { Source } from './merge.ts'
import type { Planner } from './planner.ts'
import { ReorderWindow } from './reorder-window.ts'
import type { Planned } from './source-feed.ts'

/** Sources that still speak. */
export interface Live {
  windowMs: number
  /** The window grows up to this where sources hold lines back for longer. @default windowMs */
  maxWindowMs?: number
  /** For so long after the first line sources that have given nothing yet are waited for, too, each for the window. @default 0 */
  startMs?: number
  /** Where bytes wait while another source is waited for. @default nowhere: a source that is ahead is not asked for more */
  memory?: LiveMemory | undefined
  /** Who owns each source, for the memory. @default each itself */
  owners?: readonly string[] | undefined
  now(): number
  /** Calls back after so many ms. @returns undoes it */
  after?(ms: number, callback: () => void): () => void
}

/** After such a pause of who takes the lines, a source that could not be asked meanwhile starts anew, in ms. */
const maxPauseMs = 20

/** How often sources that compute are looked at while lines wait for them, in ms. */
const recheckMs = 20

/**
 * The plans of sources that still speak: all are asked as soon as there is room, and what is older than the window is not waited
 * for: see {@link LiveSource}. A source counts as silent since a turn of the event loop looked for its bytes and found none: the
 * window is counted from then, so that nothing is late because this process was.
 */
export class LiveFeed {
  readonly #planner: Planner
  readonly #live: Live
  readonly #sources: LiveSource[]
  readonly #window: ReorderWindow
  readonly #horizons: Float64Array
  /** When the first bytes came. */
  #started = Infinity
  /** When a turn of the event loop began to look for bytes: the last one that is over, and the one that is under way. */
  #looked: number
  #looking: number
  /** A source has spoken since the last turn. */
  #isNews = false
  #wake: (() => void) | undefined
  #failed: { error: unknown } | undefined

  constructor(sources: readonly Source[], planner: Planner, live: Live) {
    const { memory, owners, windowMs, maxWindowMs = windowMs } = live
    this.#planner = planner
    this.#live = live
    this.#sources = sources.map((source, index) => {
      const backlog = memory && new Backlog(memory, owners?.[index] ?? `${index}`)
      return new LiveSource(new Inlet(source, index, planner, backlog), planner, index)
    })
    this.#window = new ReorderWindow({ ms: windowMs, maxMs: maxWindowMs })
    this.#horizons = new Float64Array(sources.length)
    this.#looked = this.#looking = live.now()
  }

  async *plans(): AsyncGenerator<Planned> {
    try {
      for (;;) {
        if (this.#failed) throw this.#failed.error
        this.#bring()
        const outcome = this.#planner.plan(this.#horizonsNow())
        const paused = this.#live.now()
        if (outcome === 'planned') yield { count: this.#planner.planned.count, waits: false }
        else {
          this.#planner.settle()
          yield { count: 0, waits: true }
          if (outcome === 'done') return
        }
        if (this.#live.now() - paused > maxPauseMs) for (const source of this.#sources) source.restart()
        if (outcome !== 'planned') await this.#news()
      }
    } finally {
      for (const source of this.#sources) source.close()
    }
  }

  /** Feeds the planner with what has come, and asks all that have room for more. */
  #bring(): void {
    const now = this.#live.now()
    this.#window.age(now)
    for (const source of this.#sources) {
      this.#window.observe(source.feed(this.#window.maxMs))
      if (this.#started === Infinity && !source.isNew) this.#started = now
      const answer = source.ask(now)
      if (!answer) continue
      Promise.resolve(answer).then(
        (result) => {
          source.take(result, this.#live.now())
          this.#tell()
        },
        (error) => {
          this.#failed = { error }
          this.#tell()
        },
      )
    }
  }

  #horizonsNow(): Float64Array {
    const { startMs = 0 } = this.#live
    const moment: Moment = {
      looked: this.#looked,
      window: this.#window,
      isStart: this.#looked < this.#started + startMs,
      isWaiting: this.#planner.earliest !== Infinity,
    }
    for (const [index, source] of this.#sources.entries()) this.#horizons[index] = source.horizon(moment)
    return this.#horizons
  }

  #tell(): void {
    this.#isNews = true
    this.#wake?.()
  }

  /** Until a source has spoken, or lines may be older than the window; and the event loop has looked at all of them. */
  async #news(): Promise<void> {
    const { now, after = afterMs } = this.#live
    if (!this.#isNews) {
      const dueMs = this.#dueMs()
      await new Promise<void>((wake) => {
        const cancel = Number.isFinite(dueMs) ? after(dueMs, wake) : undefined
        this.#wake = () => {
          cancel?.()
          wake()
        }
      })
      this.#wake = undefined
      if (!this.#isNews) this.#looking = now() // the timer's: it runs before sources are looked at
    }
    await turned()
    this.#isNews = false
    this.#looked = this.#looking
    this.#looking = now()
  }

  /** When a line may be older than the window, or a source silent for so long, whatever comes next. Infinity: no line waits. */
  #dueMs(): number {
    const { earliest } = this.#planner
    if (earliest === Infinity) return Infinity
    const windowMs = this.#window.ms
    const untilPassed = (time: number) => time + windowMs - this.#looking
    if (untilPassed(earliest) > 0) return Math.min(Math.max(1, untilPassed(earliest)), Math.max(1, windowMs))
    const silences = this.#sources.map(({ since }) => untilPassed(since))
    return Math.max(1, Math.min(recheckMs, ...silences.filter((ms) => ms > 0)))
  }
}

function afterMs(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
