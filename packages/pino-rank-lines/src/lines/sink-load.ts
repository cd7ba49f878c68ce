/** A second is busy if the sink takes at least this number of bytes in it. */
const minBusyBytes = 2 ** 20
/**
 * A program that logs more bytes than this in a second does hardly anything else. A writer thread would cost it more time than it
 * saves.
 */
const maxBusyBytes = 2 ** 23
const secondMs = 1000

/**
 * Measures for how many seconds a sink has been busy. Sooner or later the page cache makes a write to such a sink wait for the
 * disk. On Linux even the first such wait is long.
 */
export class SinkLoad {
  #bytes = 0
  #secondStart = Number.NEGATIVE_INFINITY
  #rate = 0
  #busySeconds = 0

  /** Adds a write that ended `now`, in ms. */
  add(bytes: number, now: number): void {
    this.#bytes += bytes
    const ms = now - this.#secondStart
    if (ms < secondMs) return
    this.#rate = (this.#bytes * secondMs) / ms
    this.#busySeconds = this.#rate >= minBusyBytes ? this.#busySeconds + 1 : 0
    this.#bytes = 0
    this.#secondStart = now
  }

  /** The number of busy seconds in a row. */
  get busySeconds(): number {
    return this.#busySeconds
  }

  /** True if the program logged so much in the last second that a writer thread would not help. */
  get isTooBusyForThread(): boolean {
    return this.#rate > maxBusyBytes
  }
}
