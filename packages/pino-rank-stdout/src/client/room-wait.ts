import type { Clock } from 'pino-rank-lines/system'

/**
 * How long a call waits for a full collector, in ms. A collector that is only slow, or that waits for another rank
 * within its default reorder window, accepts bytes within this time.
 */
const maxWaitMs = 60
const minPauseMs = 1

/**
 * Limits how long calls wait for a full collector. One call waits for at most {@link maxWaitMs}, and checks the collector after
 * pauses that double. If there is still no room, no call waits again until there is. Calls then only check the collector, and not
 * more often than those pauses.
 */
export class RoomWait {
  /** True at the end of the stream. A call then waits as long as the collector is alive. */
  isEnding = false
  readonly #clock: Clock
  readonly #maxPauseMs: number
  #pauseMs = minPauseMs
  #isStalled = false
  #checkAt = 0
  #until = 0

  constructor(clock: Clock, maxPauseMs: number) {
    this.#clock = clock
    this.#maxPauseMs = Math.max(minPauseMs, maxPauseMs)
  }

  /** Called at the start of a wait. Returns false if it is too early to check the collector again. */
  start(): boolean {
    const now = this.#clock.now()
    this.#until = this.isEnding ? Infinity : this.#isStalled ? now : now + maxWaitMs
    return now < this.#until || now >= this.#checkAt
  }

  /** Pauses. Returns false, without a pause, if the call has waited long enough. */
  pause(): boolean {
    const pauseMs = this.nextPauseMs()
    const now = this.#clock.now()
    if (now < this.#until) {
      this.#clock.pause(pauseMs)
      return true
    }
    this.#isStalled = true
    this.#checkAt = now + pauseMs
    return false
  }

  /** Returns the next pause, in ms. */
  nextPauseMs(): number {
    const pauseMs = this.#pauseMs
    this.#pauseMs = Math.min(2 * pauseMs, this.#maxPauseMs)
    return pauseMs
  }

  /** Called when the collector is alive: the next pause is the first one again. */
  shorten(): void {
    this.#pauseMs = minPauseMs
  }

  /** Called when there is room. */
  end(): void {
    this.#isStalled = false
  }
}
