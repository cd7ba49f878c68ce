import type { Clock } from '../system/index.ts'

/** The number of single writes in a burst, and the number that each millisecond adds. */
const maxCredit = 64
const creditPerMs = 1

/** Maximum age of the oldest line of a batch while the event loop is blocked and lines come, in ms. */
export const maxHeldMs = 4

/** The credit that a write at a turn of the event loop uses. A batch that is written because of its age uses none. */
const turnCost = maxHeldMs * creditPerMs

/**
 * Decides when lines are written if `flushMs` is not set. While they are few, each is written in its log call. When they come
 * faster, they go into a batch, which is written when it is full, when the event loop next turns, or when it is a few
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
   * @param isSync false if the sink writes later: each single line would cost a message to its thread
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

  /** Reports whether the batch is old enough to be written. */
  isBatchDue(): boolean {
    return this.#clock.now() - this.#batchSince >= maxHeldMs
  }

  /** Reports whether the batch is to be written at this turn of the event loop. If not, it is written {@link maxHeldMs} later. */
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
