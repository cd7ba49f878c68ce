import type { Clock } from '../system/index.ts'

/** Size of the token bucket: the number of single writes in a burst. */
const maxTokens = 64
/** Number of single writes that each millisecond adds to the bucket. */
const tokensPerMs = 1

/** Maximum age of the oldest line of a batch while the event loop is blocked and lines come, in ms. */
export const maxHeldMs = 4

/** The tokens that a write at a turn of the event loop uses. A batch that is written because of its age uses none. */
const turnCost = maxHeldMs * tokensPerMs

/**
 * Decides when lines are written if `flushMs` is not set. While a token bucket has tokens, each line is written in its log call.
 * When lines come faster, they go into a batch, which is written when it is full, when the event loop next turns, or when it is a
 * few milliseconds old.
 */
export class WritePace {
  readonly #clock: Clock
  /** Negative if writes at turns of the event loop have used more tokens than there were. */
  #tokens = maxTokens
  #filledAt = Number.NEGATIVE_INFINITY
  #batchSince = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * Reports whether the first line of a batch is to be written at once.
   *
   * @param now the present, in ms, by the clock
   * @param isSync false if the sink writes later, for example on a writer thread, where each line would cost a message
   */
  isFirstDue(now: number, isSync: boolean): boolean {
    this.#fill(now)
    if (isSync && this.#tokens >= 1) {
      this.#tokens--
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
    this.#fill(this.#clock.now())
    if (this.#tokens <= -maxTokens) return false
    this.#tokens -= turnCost
    return true
  }

  #fill(now: number): void {
    if (now > this.#filledAt) this.#tokens = Math.min(maxTokens, this.#tokens + (now - this.#filledAt) * tokensPerMs)
    this.#filledAt = now
  }
}
