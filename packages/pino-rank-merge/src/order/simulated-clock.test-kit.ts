export const start = 1_700_000_000_000

/** A clock that jumps to the next callback that is due. */
export class SimulatedClock {
  time: number = start
  readonly #due: { at: number; callback: () => void }[] = []

  now = (): number => this.time

  after = (ms: number, callback: () => void): (() => void) => {
    const entry = { at: this.time + ms, callback }
    this.#due.push(entry)
    return () => {
      const index = this.#due.indexOf(entry)
      if (index !== -1) this.#due.splice(index, 1)
    }
  }

  /** Advances to the next due callback, or `laterMs` beyond it. All callbacks that are due by then are called. */
  async next(laterMs = 0): Promise<void> {
    const next = Math.min(...this.#due.map(({ at }) => at))
    if (next === Infinity) throw new Error('no callback is due, and the merge still waits')
    this.time = Math.max(this.time, next + laterMs)
    for (let due = this.#take(); due; due = this.#take()) due.callback()
    for (let turn = 0; turn < 6; turn++) await new Promise(setImmediate)
  }

  #take(): { callback: () => void } | undefined {
    const index = this.#due.findIndex(({ at }) => at <= this.time)
    return index === -1 ? undefined : this.#due.splice(index, 1)[0]
  }
}

/** Calls `call` every `ms`, a given number of times, and then `then`. */
export function each(
  clock: SimulatedClock,
  ms: number,
  times: number,
  call: (time: number) => void,
  then: () => void = () => {},
): void {
  const step = (remaining: number) => {
    if (remaining === 0) {
      then()
      return
    }
    call(times - remaining)
    clock.after(ms, () => step(remaining - 1))
  }
  step(times)
}
