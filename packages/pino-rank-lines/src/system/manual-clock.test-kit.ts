import type { Clock } from './clock.ts'

interface Task {
  at: number
  run: () => void
}

/** A clock that advances only by `pass` and `pause`. */
export class ManualClock implements Clock {
  #now = 0
  readonly #tasks = new Set<Task>()

  get timers(): number {
    return this.#tasks.size
  }

  now(): number {
    return this.#now
  }

  after(ms: number, run: () => void): () => void {
    const task = { at: this.#now + ms, run }
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  nextTurn(run: () => void): () => void {
    return this.after(0, run)
  }

  pause(ms: number): void {
    this.#now += ms
  }

  /** Advances the time, and runs the tasks that become due, in order. */
  pass(ms: number): void {
    const until = this.#now + ms
    for (let next = this.#first(until); next; next = this.#first(until)) {
      this.#tasks.delete(next)
      this.#now = Math.max(this.#now, next.at) // a pause may have advanced the time beyond it
      next.run()
    }
    this.#now = until
  }

  #first(until: number): Task | undefined {
    return [...this.#tasks].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
  }
}
