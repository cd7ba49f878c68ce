import type { Layout } from '../kernel/index.ts'

/** Minimum number of arrivals before a constant lag is reported. A source with fewer arrivals may only have started late. */
const minArrivals = 8

/**
 * Compares the times of live sources with the arrival of their lines. Arrays are indexed by source; times are in ms
 * since 1970.
 */
export class Arrivals {
  /** Arrival time of a source's last bytes. Lines get this time until one of them has a time of its own. */
  readonly arrived: Float64Array
  /** Time of the last line that got its arrival time. */
  readonly #stamped: Float64Array
  /** Maximum by which a line's time was later than its arrival, in ms. Above 0 the source's clock is ahead. */
  readonly #ahead: Float64Array
  /** Minimum lag between a line's time and its arrival, in ms. `#count` is the number of arrivals that it is based on. */
  readonly #minLag: Float64Array
  readonly #count: Uint32Array
  readonly #times: Float64Array
  readonly #layout: Layout

  /** @param times of the indexed lines, from `layout.line(source)` on */
  constructor(sources: number, times: Float64Array, layout: Layout) {
    this.#times = times
    this.#layout = layout
    this.arrived = new Float64Array(sources)
    this.#stamped = new Float64Array(sources)
    this.#ahead = new Float64Array(sources)
    this.#minLag = new Float64Array(sources).fill(Infinity)
    this.#count = new Uint32Array(sources)
  }

  /**
   * Checks the times of new lines. Lines without a time, or with one later than their arrival, get the arrival time.
   *
   * @param known index of the first new line
   * @param found index after the last new line
   * @param before the source's last time so far; 0 if it had none
   * @param last its last time with the new lines
   * @returns the source's last time from now on; 0 if it has none yet
   */
  note(source: number, known: number, found: number, before: number, last: number): number {
    const arrived = this.arrived[source] as number
    const lastTime = before === 0 ? this.#stamp(source, known, found, arrived) : last
    if (arrived === 0 || found === known || lastTime === 0) return lastTime
    const lag = arrived - lastTime
    this.#minLag[source] = Math.min(this.minLag(source), lag)
    this.#count[source] = (this.#count[source] as number) + 1
    if (lag >= 0) return lastTime
    this.#ahead[source] = Math.max(this.#ahead[source] as number, -lag)
    const first = this.#layout.line(source)
    for (let line = first + found - 1; line >= first + known && (this.#times[line] as number) > arrived; line--)
      this.#times[line] = arrived
    return arrived
  }

  #stamp(source: number, known: number, found: number, arrived: number): number {
    const first = this.#layout.line(source)
    let last = 0
    for (let line = first + known; line < first + found; line++) {
      const time = this.#times[line] as number
      if (time > 0) last = this.#times[line] = Math.max(time, this.#stamped[source] as number)
      else if (arrived > 0) this.#times[line] = this.#stamped[source] = arrived
    }
    return last
  }

  /** Returns the minimum age of an arrival's newest line, in ms. Infinity if no line had a time. */
  minLag(source: number): number {
    return this.#minLag[source] as number
  }

  /** Returns by how many ms a source's clock is ahead of ours. A negative value is the minimum lag of its lines. */
  skew(source: number): number {
    const ahead = this.#ahead[source] as number
    if (ahead > 0) return ahead
    return (this.#count[source] as number) < minArrivals ? 0 : -this.minLag(source)
  }
}
