import type { Source } from './merge.ts'
import type { Planner } from './planner.ts'

/** Sources that still speak. */
export interface Live {
  windowMs: number
  now(): number
}

interface State {
  iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  /** Bytes that there was no room for yet. */
  rest: Uint8Array
  asked: boolean
  ended: boolean
}

const nothing = new Uint8Array(0)

/** Brings sources' bytes to a planner: when it needs them, or, of live ones, when they come. */
export class SourceFeed {
  readonly #planner: Planner
  readonly #live: Live | undefined
  readonly #states: State[]
  #wake: (() => void) | undefined
  /** A source has spoken since it was last looked for. */
  #isNews = false
  #failed: unknown

  constructor(sources: readonly Source[], planner: Planner, live: Live | undefined) {
    this.#planner = planner
    this.#live = live
    this.#states = sources.map((source) => ({
      iterator: Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator](),
      rest: nothing,
      asked: false,
      ended: false,
    }))
  }

  /** Each plan, to be copied before the next is asked for; with `waits` nothing more is to be had for now. */
  async *plans(): AsyncGenerator<{ count: number; waits: boolean }> {
    try {
      for (;;) {
        if (this.#live) this.#askAll()
        const outcome = this.#planner.plan(this.#live && this.#live.now() - this.#live.windowMs)
        if (outcome === 'done') return
        if (outcome === 'planned') yield { count: this.#planner.planned.count, waits: false }
        else if (outcome === 'needs') await this.#bring(this.#planner.needed)
        else {
          yield { count: 0, waits: true }
          await this.#news()
        }
      }
    } finally {
      for (const { iterator, ended } of this.#states) if (!ended) void iterator.return?.()
    }
  }

  async #bring(source: number): Promise<void> {
    const state = this.#states[source] as State
    if (state.rest.length === 0) this.#take(source, await state.iterator.next())
    this.#put(source)
  }

  #take(source: number, { value, done }: IteratorResult<Uint8Array>): void {
    const state = this.#states[source] as State
    if (!done) {
      state.rest = value
      return
    }
    state.ended = true
    this.#planner.end(source)
  }

  #put(source: number): void {
    const state = this.#states[source] as State
    while (state.rest.length > 0) {
      const room = this.#planner.room(source)
      if (room.length === 0) return
      const part = state.rest.subarray(0, room.length)
      room.set(part)
      this.#planner.fed(source, part.length, this.#live?.now())
      state.rest = state.rest.subarray(part.length)
    }
  }

  /** A source that is behind with its lines is not asked for more. */
  #askAll(): void {
    if (this.#failed !== undefined) throw this.#failed
    this.#states.forEach((state, source) => {
      this.#put(source)
      if (state.rest.length > 0 || state.asked || state.ended) return
      state.asked = true
      Promise.resolve(state.iterator.next()).then(
        (result) => {
          state.asked = false
          this.#take(source, result)
          this.#tell()
        },
        (error) => {
          this.#failed = error
          this.#tell()
        },
      )
    })
  }

  #tell(): void {
    this.#isNews = true
    this.#wake?.()
  }

  /** Until a source speaks, or the earliest line is older than the window. */
  async #news(): Promise<void> {
    const { now, windowMs } = this.#live as Live
    const due = this.#planner.earliest + windowMs - now()
    if (!this.#isNews) {
      await new Promise<void>((wake) => {
        const timer = Number.isFinite(due) ? setTimeout(wake, Math.max(1, Math.min(due, windowMs))) : undefined
        this.#wake = () => {
          clearTimeout(timer)
          wake()
        }
      })
    }
    this.#wake = undefined
    this.#isNews = false
  }
}
