/** Minimum time for which a delay is remembered, in ms. The maximum is twice as long. */
const memoryMs = 30_000

/** The window is the longest recent delay times this factor, because later delays may be longer. */
const margin = 2

export interface ReorderWindowOptions {
  /** How long the merge waits for a silent source, in ms. */
  ms: number
  /** Maximum of the window, for sources that hold lines back for longer. */
  maxMs: number
}

/**
 * How long the merge waits for a silent source. A source may hold lines back: because the event loop of its program
 * does not turn, or because its pipe is full. The times of the lines that then arrive show the delay, and the
 * window grows with it.
 */
export class ReorderWindow {
  readonly maxMs: number
  readonly #minMs: number
  /** The longest delay in the current period. `#previousDelayMs` is that of the period before. */
  #delayMs = 0
  #previousDelayMs = 0
  #since = -Infinity

  constructor({ ms, maxMs }: ReorderWindowOptions) {
    this.#minMs = ms
    this.maxMs = Math.max(ms, maxMs)
  }

  get ms(): number {
    return Math.min(this.maxMs, Math.max(this.#minMs, margin * Math.max(this.#delayMs, this.#previousDelayMs)))
  }

  /** Records how long a source held a line back while it was being read. */
  observe(delayMs: number): void {
    this.#delayMs = Math.max(this.#delayMs, delayMs)
  }

  /** Forgets old delays. @param now in ms */
  age(now: number): void {
    if (now - this.#since < memoryMs) return
    this.#previousDelayMs = now - this.#since < 2 * memoryMs ? this.#delayMs : 0
    this.#delayMs = 0
    this.#since = now
  }
}
