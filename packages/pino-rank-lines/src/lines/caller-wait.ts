import type { Clock } from '../system/index.ts'

/** What a full outbox does to a call while the sink is slow: it waits, or its lines are dropped. */
export const overflowPolicies = ['block', 'drop'] as const

export type Overflow = (typeof overflowPolicies)[number]

export interface CallerWaitOptions {
  /** @default 'block' */
  overflow?: Overflow | undefined
  /** Maximum wait of one call, in ms. @default 1000 */
  blockMs?: number | undefined
}

/** Limits how long a call waits for a slow sink. A sink that hangs makes one call wait, and not each of the following ones. */
export class CallerWait {
  readonly #clock: Clock
  readonly #options: CallerWaitOptions
  /** True after a call waited and the sink took nothing, until it takes a batch. */
  #isStuck = false

  constructor(clock: Clock, options: CallerWaitOptions) {
    this.#clock = clock
    this.#options = options
  }

  /**
   * Waits while `isNeeded`, if `overflow` allows it.
   *
   * @param waitFor waits for the sink, at most `ms`, and returns false if the sink took nothing
   */
  wait(isNeeded: () => boolean, waitFor: (ms: number) => boolean): void {
    const { overflow = 'block', blockMs = 1000 } = this.#options
    const deadline = this.#clock.now() + blockMs
    while (overflow === 'block' && !this.#isStuck && isNeeded()) {
      const remainingMs = deadline - this.#clock.now()
      if (remainingMs <= 0 || !waitFor(remainingMs)) this.#isStuck = true
    }
  }

  /** Lets calls wait again. Called when the sink has taken a batch. */
  reset(): void {
    this.#isStuck = false
  }
}
