import type { ThreadTimes } from '../system/index.ts'
import { SinkLoad } from './sink-load.ts'

/** A write that blocks the thread for so long makes a sink slow, in ms. */
const minBlockedMs = 50
/** So do shorter writes that block it for so long in a second, in ms. */
const minBlockedSumMs = 200
const windowMs = 1000

/** A sink that is busy for this number of seconds in a row counts as slow before it blocks. */
const maxBusySeconds = 2

/** A write of the writer thread that takes no longer is fast, in ms. */
const maxFastMs = 20
/** How long the thread's writes have to be fast until the sink counts as fast again, in ms: at first, and at most. */
const minFastForMs = 2000
const maxFastForMs = 64_000

/**
 * Tells a slow sink from a machine whose cores are taken, and from a program that writes much. It counts the time for which writes
 * blocked the thread, without the time in which the thread waited for a core or computed (a write to tmpfs copies). A sink that
 * takes much for two seconds counts as slow before it blocks: see {@link SinkLoad}.
 *
 * A sink that is slow again soon after it was fast has to be fast for twice as long the next time.
 */
export class SlowSinkDetector {
  readonly #readTimes: () => ThreadTimes
  /** Those of the last reading. The first second is compared with the process's start: to read them costs the first line 1 ms. */
  #times: ThreadTimes = { waitedMs: 0, systemMs: 0 }
  readonly #load = new SinkLoad()
  #windowStart: number | undefined
  #writeMs = 0
  #fastSince: number | undefined
  #fastForMs = minFastForMs
  #fastAgainAt = Number.NEGATIVE_INFINITY

  constructor(readTimes: () => ThreadTimes) {
    this.#readTimes = readTimes
  }

  /** Adds a write of the calling thread by its start and end, in ms, and its bytes. Reports whether the sink is slow. */
  addWrite(startedAt: number, endedAt: number, bytes: number): boolean {
    const ms = endedAt - startedAt
    this.#writeMs += ms
    this.#load.add(bytes, endedAt)
    const isBusy = this.#load.busySeconds >= maxBusySeconds && !this.#load.isFlatOut
    this.#windowStart ??= startedAt
    const isWindowOver = endedAt - this.#windowStart >= windowMs
    if (ms < minBlockedMs && !isWindowOver && !isBusy) return false
    const { waitedMs, systemMs } = this.#readTimes()
    const waited = waitedMs - this.#times.waitedMs
    const computed = systemMs - this.#times.systemMs
    // CPU time is subtracted from the sum only: that of one write is short, and the reading covers up to a second
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
