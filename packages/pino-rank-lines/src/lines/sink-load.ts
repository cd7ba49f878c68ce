/** A second in which a sink takes so many bytes is a busy one. */
const minBusyBytes = 2 ** 20
const secondMs = 1000

/**
 * Tells how long a sink has been taking much. Sooner or later the page cache then makes a write wait for the disk. On Linux the
 * first such wait takes 200 ms, and no shorter ones announce it.
 */
export class SinkLoad {
  #bytes = 0
  #secondStart = Number.NEGATIVE_INFINITY
  #busySeconds = 0

  /** Adds a write that ended `now`, in ms. Returns the number of busy seconds in a row. */
  add(bytes: number, now: number): number {
    this.#bytes += bytes
    const ms = now - this.#secondStart
    if (ms >= secondMs) {
      this.#busySeconds = (this.#bytes * secondMs) / ms >= minBusyBytes ? this.#busySeconds + 1 : 0
      this.#bytes = 0
      this.#secondStart = now
    }
    return this.#busySeconds
  }
}
