import type { Layout } from './layout.ts'

/** A source that came late less often may come in time yet. */
const leastArrivals = 8

/** How the times of live sources compare with the arrival of their lines. Arrays are by source, times in ms since 1970. */
export class Arrivals {
  /** When the last bytes of a source arrived. Its lines count as of then as long as none of them had a time. */
  readonly arrived: Float64Array
  /** Time of the last line that counted as of its arrival. */
  readonly #stamped: Float64Array
  /** How much later than its arrival a line was written, at most: by a clock that is ahead. In ms. */
  readonly #ahead: Float64Array
  /** How long before its arrival a line was written, at least, in ms; and of how many arrivals. */
  readonly #leastLag: Float64Array
  readonly #count: Uint32Array
  readonly #times: Float64Array
  readonly #layout: Layout

  /** @param times of the lines that are found, from `layout.line(source)` on */
  constructor(sources: number, times: Float64Array, layout: Layout) {
    this.#times = times
    this.#layout = layout
    this.arrived = new Float64Array(sources)
    this.#stamped = new Float64Array(sources)
    this.#ahead = new Float64Array(sources)
    this.#leastLag = new Float64Array(sources).fill(Infinity)
    this.#count = new Uint32Array(sources)
  }

  /**
   * Looks at the times of new lines, and gives them that of their arrival where they have none or a later one.
   *
   * @param known index of the first new line
   * @param found index behind the last
   * @param before the source's last time until now; 0: it had none
   * @param last its last time with the new lines
   * @returns the source's last time from now on; 0: it has none yet
   */
  note(source: number, known: number, found: number, before: number, last: number): number {
    const arrived = this.arrived[source] as number
    const told = before === 0 ? this.#stamp(source, known, found, arrived) : last
    if (arrived === 0 || found === known || told === 0) return told
    const lag = arrived - told
    this.#leastLag[source] = Math.min(this.leastLag(source), lag)
    this.#count[source] = (this.#count[source] as number) + 1
    if (lag >= 0) return told
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

  /** How old the newest line of an arrival was at least, in ms. Infinity: none had a time. */
  leastLag(source: number): number {
    return this.#leastLag[source] as number
  }

  /** By how many ms a source's clock is ahead of ours, or, below 0, how late each of its lines came. */
  skew(source: number): number {
    const ahead = this.#ahead[source] as number
    if (ahead > 0) return ahead
    return (this.#count[source] as number) < leastArrivals ? 0 : -this.leastLag(source)
  }
}
