/** A second in which a sink takes at least this number of bytes is a busy one. */
const minBusyBytes = 2 ** 20
/**
 * A program that logs more than that in a second does hardly anything else. A thread would cost it more than it saves: 8 flat-out
 * ranks on 2 cores took 1.22 times as long.
 */
const maxBusyBytes = 2 ** 23
const secondMs = 1000

/**
 * Tells how long a sink has been taking much. Sooner or later the page cache then makes a write wait for the disk. On Linux the
 * first such wait takes 200 ms, and no shorter ones announce it.
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

  /** True if the last second was one of a program that does hardly anything but log. */
  get isFlatOut(): boolean {
    return this.#rate > maxBusyBytes
  }
}
