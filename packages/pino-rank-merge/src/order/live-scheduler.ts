import { setImmediate as nextTurn } from 'node:timers/promises'
import { Backlog } from './backlog.ts'
import type { LiveMemory } from './live-memory.ts'
import { LiveSource, type Moment } from './live-source.ts'
import type { Outcome, Planned } from './plan.ts'
import type { Planner } from './planner.ts'
import { ReorderWindow } from './reorder-window.ts'
import type { Source } from './source.ts'
import { SourceReader } from './source-reader.ts'

/** Options of a {@link LiveScheduler}. */
export interface LiveSchedulerOptions {
  windowMs: number
  /** Maximum to which the window grows if sources hold lines back for longer. @default windowMs */
  maxWindowMs?: number
  /**
   * For this long after the first line, the merge also waits for sources that have delivered nothing yet, each for the
   * window.
   * @default 0
   */
  startMs?: number
  /** True: text without its newline is emitted when it is older than the window. @default false */
  partialLines?: boolean
  /** Buffers bytes while the merge waits for another source. @default none: a source that is ahead is not read */
  memory?: LiveMemory | undefined
  /** The owner of each source, for the limits of the memory. @default each source is its own owner */
  owners?: readonly string[] | undefined
  now(): number
  /** Calls `callback` after `ms`. @returns a function that cancels it */
  after?(ms: number, callback: () => void): () => void
}

/** If the consumer pauses for longer than this, in ms, the silence of sources that could not be read meanwhile starts again. */
const maxPauseMs = 20

/** How often sources whose programs compute are checked while lines wait for them, in ms. */
const recheckMs = 20

/** Minimum age at which a part of a line is emitted, in ms: a program may write a line in pieces. */
const minPartAgeMs = 50

/**
 * Plans the lines of live sources. It reads all sources whenever there is room. The merge stops waiting for a source
 * that has been silent for the window: see {@link LiveSource}. The silence counts from a turn of the event loop that
 * found no bytes of the source. So no line is late because this process was late.
 */
export class LiveScheduler {
  readonly #planner: Planner
  readonly #options: LiveSchedulerOptions
  readonly #sources: LiveSource[]
  /** Sources that have delivered bytes, in their order. Many never do, because a collector has spare slots. */
  #active: LiveSource[] = []
  readonly #window: ReorderWindow
  readonly #horizons: Float64Array
  /** When the first bytes arrived. */
  #startedAt = Infinity
  /** When the last complete turn of the event loop began to look for bytes. `#thisTurn` is the same for the current turn. */
  #lastTurn: number
  #thisTurn: number
  /** True if a source has delivered bytes, ended or failed since the last turn. */
  #hasEvent = false
  #wake: (() => void) | undefined
  #failure: { error: unknown } | undefined

  constructor(sources: readonly Source[], planner: Planner, options: LiveSchedulerOptions) {
    const { memory, owners, windowMs, maxWindowMs = windowMs } = options
    this.#planner = planner
    this.#options = options
    this.#sources = sources.map((source, index) => {
      const backlog = memory && new Backlog(memory, owners?.[index] ?? `${index}`)
      return new LiveSource(new SourceReader(source, index, planner, backlog), planner, index)
    })
    this.#window = new ReorderWindow({ ms: windowMs, maxMs: maxWindowMs })
    this.#horizons = new Float64Array(sources.length)
    this.#lastTurn = this.#thisTurn = options.now()
  }

  async *plans(): AsyncGenerator<Planned> {
    try {
      for (const source of this.#sources) this.#read(source, this.#options.now())
      for (;;) {
        if (this.#failure) throw this.#failure.error
        this.#feedAndRead()
        const outcome = this.#plan()
        const paused = this.#options.now()
        if (outcome === 'planned') yield { count: this.#planner.planned.count, isIdle: false }
        else {
          this.#planner.updateEmittedBytes()
          yield { count: 0, isIdle: true }
          if (outcome === 'done') return
        }
        if (this.#options.now() - paused > maxPauseMs) for (const source of this.#active) source.restart()
        if (outcome !== 'planned') await this.#waitForEvent()
      }
    } finally {
      for (const source of this.#sources) source.close()
    }
  }

  /** Gives arrived bytes to the planner, and reads all sources that have room. */
  #feedAndRead(): void {
    const now = this.#options.now()
    this.#window.age(now)
    for (const source of this.#active) {
      this.#window.observe(source.deliver(this.#window.maxMs))
      this.#read(source, now)
    }
  }

  #read(source: LiveSource, now: number): void {
    const pending = source.read(now)
    if (!pending) return
    Promise.resolve(pending).then(
      (result) => {
        const { isNew } = source
        source.take(result, this.#options.now())
        if (isNew && !source.isNew) this.#activate()
        this.#notify()
      },
      (error) => {
        this.#failure = { error }
        this.#notify()
      },
    )
  }

  #activate(): void {
    this.#active = this.#sources.filter(({ isNew }) => !isNew)
    this.#startedAt = Math.min(this.#startedAt, this.#options.now())
  }

  /** True while the merge also waits for sources that have delivered nothing yet. */
  get #isStart(): boolean {
    return this.#lastTurn < this.#startedAt + (this.#options.startMs ?? 0)
  }

  #horizonsNow(): Float64Array {
    const isStart = this.#isStart
    const moment: Moment = {
      lastTurn: this.#lastTurn,
      window: this.#window,
      isStart,
    }
    this.#horizons.fill(Infinity)
    for (const source of isStart ? this.#sources : this.#active) this.#horizons[source.index] = source.horizon(moment)
    return this.#horizons
  }

  #plan(): Outcome {
    const outcome = this.#planner.plan(this.#horizonsNow())
    const hasPart =
      outcome === 'waits' &&
      this.#options.partialLines === true &&
      this.#active.some((source) => source.planPart(this.#lastTurn, this.#maxPartAgeMs))
    return hasPart ? 'planned' : outcome
  }

  get #maxPartAgeMs(): number {
    return Math.max(minPartAgeMs, this.#options.windowMs)
  }

  #notify(): void {
    this.#hasEvent = true
    this.#wake?.()
  }

  /**
   * Waits until a source has delivered bytes or a line may be older than the window, and the event loop has looked
   * for bytes of all sources.
   */
  async #waitForEvent(): Promise<void> {
    const { now, after = afterMs } = this.#options
    if (!this.#hasEvent) {
      const dueMs = this.#dueMs()
      await new Promise<void>((wake) => {
        const cancel = Number.isFinite(dueMs) ? after(dueMs, wake) : undefined
        this.#wake = () => {
          cancel?.()
          wake()
        }
      })
      this.#wake = undefined
      if (!this.#hasEvent) this.#thisTurn = now() // timers run before the event loop looks for bytes
    }
    await nextTurn()
    this.#hasEvent = false
    this.#lastTurn = this.#thisTurn
    this.#thisTurn = now()
  }

  /** Returns the delay until something may be written, in ms. Infinity if nothing waits. */
  #dueMs(): number {
    return Math.min(this.#lineDueMs(), this.#partDueMs())
  }

  /**
   * Returns the delay until a part of a line may be written, in ms. A part that is due waits for other lines, and is
   * tried again.
   */
  #partDueMs(): number {
    if (!this.#options.partialLines) return Infinity
    const delays = this.#active.map((source) => source.partDue(this.#maxPartAgeMs) - this.#thisTurn)
    return Math.min(...delays.map((ms) => (ms > 0 ? Math.max(1, ms) : recheckMs)))
  }

  /**
   * Returns the delay until a line is older than the window or a source was silent that long, in ms. Infinity if no
   * line waits.
   */
  #lineDueMs(): number {
    const { earliest } = this.#planner
    if (earliest === Infinity) return Infinity
    const windowMs = this.#window.ms
    const untilExpired = (time: number) => time + windowMs - this.#thisTurn
    if (untilExpired(earliest) > 0) return Math.min(Math.max(1, untilExpired(earliest)), Math.max(1, windowMs))
    const silences = (this.#isStart ? this.#sources : this.#active).map(({ since }) => untilExpired(since))
    return Math.max(1, Math.min(recheckMs, ...silences.filter((ms) => ms > 0)))
  }
}

function afterMs(ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, ms)
  return () => clearTimeout(timer)
}
