import type { Clock } from '../system/index.ts'

/** Maximum pause between attempts, in ms. */
const maxPauseMs = 5000

/** Repeats an attempt that failed, after pauses that double up to a maximum. */
export class Backoff {
  readonly #clock: Clock
  readonly #firstPauseMs: number
  readonly #attempt: () => void
  #pauseMs: number
  #cancel: (() => void) | undefined

  /** @param firstPauseMs the pause after the first failure, in ms */
  constructor(clock: Clock, firstPauseMs: number, attempt: () => void) {
    this.#clock = clock
    this.#firstPauseMs = firstPauseMs
    this.#pauseMs = firstPauseMs
    this.#attempt = attempt
  }

  /** Schedules the next attempt. Called after an attempt that failed. */
  retryLater(): void {
    this.#cancel ??= this.#clock.after(this.#pauseMs, () => {
      this.#cancel = undefined
      this.#pauseMs = Math.min(this.#pauseMs * 2, maxPauseMs)
      this.#attempt()
    })
  }

  /** Cancels the next attempt, and makes the next pause the first one again. Called after an attempt that succeeded. */
  reset(): void {
    this.cancel()
    this.#pauseMs = this.#firstPauseMs
  }

  /** Cancels the next attempt. */
  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
