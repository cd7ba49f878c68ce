/** Looks at so much time at once, in ms. */
const span = 1000
/** Slow: so much of it went into writes. */
const limit = 500

/** Tells a disk that cannot keep up from one that now and then takes its time. */
export class Pace {
  #since = Number.NEGATIVE_INFINITY
  #busy = 0

  /** A write began and ended, in ms: did half of the last second go into writes? */
  slow(began: number, ended: number): boolean {
    if (began - this.#since > span) {
      this.#since = began
      this.#busy = 0
    }
    this.#busy += ended - began
    return this.#busy >= limit
  }
}
