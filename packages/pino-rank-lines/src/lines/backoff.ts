import type { Clock } from '../system/index.ts'

/** Longest pause between attempts, in ms. */
const maxPauseMs = 5000

/** Repeats attempts that fail, after pauses that double, up to 5 s. */
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

  /** Called after an attempt that failed. */
  retryLater(): void {
    this.#cancel ??= this.#clock.after(this.#pauseMs, () => {
      this.#cancel = undefined
      this.#pauseMs = Math.min(this.#pauseMs * 2, maxPauseMs)
      this.#attempt()
    })
  }

  /** Called after an attempt that did not fail: the next pause is the first one again. */
  reset(): void {
    this.#pauseMs = this.#firstPauseMs
  }

  /** Makes no further attempt. */
  cancel(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
