/** How long a source's delay is remembered, in ms. It may be remembered for up to twice as long. */
const memoryMs = 30_000

/** Factor by which the window exceeds the longest delay seen, because later delays may be longer. */
const margin = 2

export interface ReorderWindowOptions {
  /** How long the merge waits for a silent source, in ms. */
  ms: number
  /** The largest window, for sources that hold lines back for longer. */
  maxMs: number
}

/**
 * How long the merge waits for a silent source. Sources may hold lines back: a logger that writes when its program's event loop
 * turns, or one that sleeps because its pipe is full. The delay shows in the lines of such a source, and the window grows with
 * it.
 */
export class ReorderWindow {
  readonly maxMs: number
  readonly #minMs: number
  /** The longest delay seen in the present period. `#heldBefore` is that of the period before. */
  #heldMs = 0
  #heldBefore = 0
  #since = -Infinity

  constructor({ ms, maxMs }: ReorderWindowOptions) {
    this.#minMs = ms
    this.maxMs = Math.max(ms, maxMs)
  }

  get ms(): number {
    return Math.min(this.maxMs, Math.max(this.#minMs, margin * Math.max(this.#heldMs, this.#heldBefore)))
  }

  /** Records how long a source held a line back while it was being read. */
  observe(heldMs: number): void {
    this.#heldMs = Math.max(this.#heldMs, heldMs)
  }

  /** Forgets old delays. @param now in ms */
  age(now: number): void {
    if (now - this.#since < memoryMs) return
    this.#heldBefore = now - this.#since < 2 * memoryMs ? this.#heldMs : 0
    this.#heldMs = 0
    this.#since = now
  }
}
