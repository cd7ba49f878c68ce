import type { Clock } from '../system/index.ts'

export interface CallerWaitOptions {
  /** What a full outbox does to a caller while the sink is slow: makes it wait, or drops its lines. @default 'block' */
  overflow?: 'block' | 'drop' | undefined
  /** The longest wait of one call, in ms. @default 1000 */
  blockMs?: number | undefined
}

/** How long a caller waits for a slow sink. One that hangs costs one call its time, not each. */
export class CallerWait {
  readonly #clock: Clock
  readonly #options: CallerWaitOptions
  /** True after a caller waited in vain, until the sink takes a batch. */
  #isStuck = false

  constructor(clock: Clock, options: CallerWaitOptions) {
    this.#clock = clock
    this.#options = options
  }

  /**
   * Waits while `isNeeded`, if a caller may wait at all.
   *
   * @param waitFor waits for the sink, at most `ms`, and returns false if it took nothing
   */
  wait(isNeeded: () => boolean, waitFor: (ms: number) => boolean): void {
    const { overflow = 'block', blockMs = 1000 } = this.#options
    const until = this.#clock.now() + blockMs
    while (overflow === 'block' && !this.#isStuck && isNeeded()) {
      const left = until - this.#clock.now()
      if (left <= 0 || !waitFor(left)) this.#isStuck = true
    }
  }

  /** Called when the sink has taken a batch. */
  reset(): void {
    this.#isStuck = false
  }
}
