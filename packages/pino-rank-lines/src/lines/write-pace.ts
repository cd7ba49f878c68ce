import type { Clock } from '../system/index.ts'

/** How many single writes are allowed at once, and how many more with each millisecond. */
const maxCredit = 64
const creditPerMs = 1

/** How long the oldest line of a batch is held back while the event loop is blocked and lines come, in ms. */
export const maxHeldMs = 4

/** What a write at a turn of the event loop costs: beyond the credit there is one each time that a batch is old. */
const turnCost = maxHeldMs * creditPerMs

/**
 * Decides when lines are written. As long as they are few, each is written in the call that logs it. When they come faster than
 * that pays, they go into a batch, which is written when it is full, when the event loop next turns, or when it is a few
 * milliseconds old.
 */
export class WritePace {
  readonly #clock: Clock
  #credit = maxCredit
  #creditedAt = Number.NEGATIVE_INFINITY
  #batchSince = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Reports whether the first line of a batch is to be written at once.
   *
   * @param now the present, in ms, by the clock
   * @param isSync false: the sink writes later, so that each single line would cost a message to its thread
   */
  isFirstDue(now: number, isSync: boolean): boolean {
    this.#earn(now)
    if (isSync && this.#credit >= 1) {
      this.#credit--
      return true
    }
    this.#batchSince = now
    return false
  }

  /** Reports whether the batch is to be written because it is old. */
  isBatchDue(): boolean {
    return this.#clock.now() - this.#batchSince >= maxHeldMs
  }

  /** Reports whether the batch is to be written now that the event loop turns; if not, {@link maxHeldMs} later. */
  isTurnDue(): boolean {
    this.#earn(this.#clock.now())
    if (this.#credit <= -maxCredit) return false
    this.#credit -= turnCost
    return true
  }

  #earn(now: number): void {
    if (now > this.#creditedAt)
      this.#credit = Math.min(maxCredit, this.#credit + (now - this.#creditedAt) * creditPerMs)
    this.#creditedAt = now
  }
}
