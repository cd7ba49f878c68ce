/** Length of the window over which the time of writes is summed, in ms. */
const windowMs = 4000
/** A sink is slow if writes took this much of the window, in ms. */
const minSlowMs = 2000

/**
 * Detects a disk that cannot keep up. A disk that is slow now and then does not count, nor a machine whose cores are
 * busy.
 */
export class SlowSinkDetector {
  #windowStart = Number.NEGATIVE_INFINITY
  #busyMs = 0

  /** Adds a write by its start and end, in ms. Reports whether the sink is slow. */
  addWrite(startedAt: number, endedAt: number): boolean {
    if (startedAt - this.#windowStart > windowMs) {
      this.#windowStart = startedAt
      this.#busyMs = 0
    }
    this.#busyMs += endedAt - startedAt
    return this.#busyMs >= minSlowMs
  }
}
