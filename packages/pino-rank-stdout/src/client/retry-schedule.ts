/**
 * Delays between attempts to find a collector, in ms. The last one is repeated. `eagerMs` applies while lines wait
 * for a collector.
 */
const retryDelaysMs = [50, 100, 300, 1000, 3000, 10_000]
const eagerMs = 20

/** Decides when a rank looks for a collector again. Times are in ms, on the clock of the caller. */
export class RetrySchedule {
  readonly #eagerUntil: number
  #tries = 0
  #retryAt = 0

  /** @param eagerUntil until this time the delays are short */
  constructor(eagerUntil: number) {
    this.#eagerUntil = eagerUntil
  }

  isDue(now: number): boolean {
    return now >= this.#retryAt
  }

  /** Called after an attempt that found no collector, and when the connection is closed. */
  retryLater(now: number): void {
    const isEager = now < this.#eagerUntil
    this.#retryAt = now + (isEager ? eagerMs : (retryDelaysMs[this.#tries++] ?? (retryDelaysMs.at(-1) as number)))
  }

  /** Called after a handshake: the next delay is the first one again. */
  reset(): void {
    this.#tries = 0
  }
}
