/** Looks at so much time at once, in ms. */
const span = 4000
/** Slow: so much of it went into writes. */
const limit = 2000

/**
 * Tells a disk that cannot keep up from one that now and then takes its time, and from a machine whose cores are taken: 8
 * ranks that log flat out into one file on 2 busy cores spent up to 0.7 of a second in writes, but never half of four.
 */
export class Pace {
  #since = Number.NEGATIVE_INFINITY
  #busy = 0

  /** A write began and ended, in ms: did half of the last four seconds go into writes? */
  slow(began: number, ended: number): boolean {
    if (began - this.#since > span) {
      this.#since = began
      this.#busy = 0
    }
    this.#busy += ended - began
    return this.#busy >= limit
  }
}
