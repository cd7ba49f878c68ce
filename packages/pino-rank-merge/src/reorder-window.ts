/** For so long a source is known to have held lines back, in ms, and at most twice as long. */
const memoryMs = 30_000

/** A source that held lines back for so long does it again, and others do it longer. */
const margin = 2

export interface ReorderWindowOptions {
  /** How long a silent source is waited for, in ms. */
  ms: number
  /** The same where sources hold lines back for longer. */
  maxMs: number
}

/**
 * How long a silent source is waited for. Sources may hold lines back, as a logger that writes when its program's event loop turns,
 * or one that sleeps when its pipe is full. How long they do shows in the lines of those that did: the window grows with it.
 */
export class ReorderWindow {
  readonly maxMs: number
  readonly #leastMs: number
  /** The longest that was seen, now and in the time before. */
  #heldMs = 0
  #heldBefore = 0
  #since = -Infinity

  constructor({ ms, maxMs }: ReorderWindowOptions) {
    this.#leastMs = ms
    this.maxMs = Math.max(ms, maxMs)
  }

  get ms(): number {
    return Math.min(this.maxMs, Math.max(this.#leastMs, margin * Math.max(this.#heldMs, this.#heldBefore)))
  }

  /** A source that was read all the while held a line back for so long. */
  observe(heldMs: number): void {
    this.#heldMs = Math.max(this.#heldMs, heldMs)
  }

  /** Forgets what was seen long ago. @param now in ms */
  age(now: number): void {
    if (now - this.#since < memoryMs) return
    this.#heldBefore = now - this.#since < 2 * memoryMs ? this.#heldMs : 0
    this.#heldMs = 0
    this.#since = now
  }
}
