import type { ThreadTimes } from '../system/index.ts'
import { SinkLoad } from './sink-load.ts'

/** A sink is slow if one write blocks the thread for this time, in ms. */
const minBlockedMs = 50
/** A sink is also slow if all writes of one second block the thread for this time, in ms. */
const minBlockedSumMs = 200
const windowMs = 1000

/** A sink that is busy for this number of seconds in a row counts as slow before it blocks. */
const maxBusySeconds = 2

/** A write of the writer thread is fast if it takes at most this time, in ms. */
const maxFastMs = 20
/** For how long the writes of the thread must be fast until the sink counts as fast again, in ms: minimum and maximum. */
const minFastForMs = 2000
const maxFastForMs = 64_000

/**
 * Detects whether a sink is slow. It measures for how long writes blocked the thread. The time in which the thread waited for a
 * core does not count, because other programs may keep the cores busy. Nor does the time in which it computed: a write to tmpfs
 * only copies. A sink that has been busy for a while counts as slow before it blocks: see {@link SinkLoad}.
 *
 * A sink that becomes slow again soon after it was fast must be fast for twice as long the next time.
 */
export class SlowSinkDetector {
  readonly #readTimes: () => ThreadTimes
  /**
   * The times of the last reading. The first reading is compared with the start of the process, because reading the times would
   * delay the first line.
   */
  #times: ThreadTimes = { waitedMs: 0, systemMs: 0 }
  readonly #load = new SinkLoad()
  #windowStart: number | undefined
  #writeMs = 0
  /** Start of the fast writes of the writer thread. Undefined after a slow one. */
  #fastSince: number | undefined
  /** For how long the writes must be fast this time, in ms. */
  #fastForMs = minFastForMs
  /** When the sink last counted as fast again. */
  #fastAgainAt = Number.NEGATIVE_INFINITY

  constructor(readTimes: () => ThreadTimes) {
    this.#readTimes = readTimes
  }

  /** Adds a write of the calling thread by its start and end, in ms, and its bytes. Reports whether the sink is slow. */
  addWrite(startedAt: number, endedAt: number, bytes: number): boolean {
    const ms = endedAt - startedAt
    this.#writeMs += ms
    this.#load.add(bytes, endedAt)
    const isBusy = this.#load.busySeconds >= maxBusySeconds && !this.#load.isTooBusyForThread
    this.#windowStart ??= startedAt
    const isWindowOver = endedAt - this.#windowStart >= windowMs
    if (ms < minBlockedMs && !isWindowOver && !isBusy) return false
    const { waitedMs, systemMs } = this.#readTimes()
    const waited = waitedMs - this.#times.waitedMs
    const computed = systemMs - this.#times.systemMs
    // CPU time is subtracted only from the sum: one write needs little, and the reading covers up to a second
    const isBlocked = ms - waited >= minBlockedMs || this.#writeMs - waited - computed >= minBlockedSumMs
    this.#times = { waitedMs, systemMs }
    this.#windowStart = endedAt
    this.#writeMs = 0
    if (isBlocked || isBusy) this.#startSlow(endedAt)
    return isBlocked || isBusy
  }

  /** Adds a write of the writer thread. Reports whether the sink is fast again. */
  addThreadWrite(ms: number, endedAt: number, bytes: number): boolean {
    this.#load.add(bytes, endedAt)
    if (ms > maxFastMs || this.#load.busySeconds > 0) this.#fastSince = undefined
    else this.#fastSince ??= endedAt
    if (this.#fastSince === undefined || endedAt - this.#fastSince < this.#fastForMs) return false
    this.#fastAgainAt = endedAt
    this.#times = this.#readTimes()
    this.#windowStart = endedAt
    return true
  }

  #startSlow(now: number): void {
    this.#fastSince = undefined
    const isSoon = now - this.#fastAgainAt < maxFastForMs
    this.#fastForMs = isSoon ? Math.min(2 * this.#fastForMs, maxFastForMs) : minFastForMs
  }
}
