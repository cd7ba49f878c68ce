/** A rank counts as hung after this many times the longest time that the event loop of the waiting rank did not turn. */
const longestBlockFactor = 4

/** Number of times in `hangTimeoutMs` that a rank sends a heartbeat, if that is less than a second. */
const heartbeatsPerTimeout = 7

/** Longest time between two heartbeats, in ms. */
const maxHeartbeatMs = 1000

export interface HangWatchOptions {
  /** Shortest time without a byte after which the previous rank counts as hung, in ms. */
  hangTimeoutMs: number
  /** Returns the number of bytes that have arrived from the previous rank. */
  receivedBytes: () => number
  /** Sends a heartbeat to the next rank. Called all the time, and not only during calls. */
  sendHeartbeat: () => void
  /** Called when the previous rank counts as hung, once for each wait. @param silentMs time without a byte */
  onHang: (silentMs: number) => void
}

/**
 * Detects that the previous rank is stopped, or computes without an end. Each rank sends heartbeats from its event loop. While a rank
 * waits for bytes, it counts the time in which nothing arrives. Ranks with long synchronous steps send no heartbeats during a step, so
 * the limit grows with the steps of this rank itself: the time that its own event loop did not turn.
 */
export class HangWatch {
  readonly #options: HangWatchOptions
  readonly #intervalMs: number
  readonly #ticks: NodeJS.Timeout
  #longestBlockMs = 0
  /** Undefined before the first wait: what blocks the event loop until then, such as the load of TensorFlow, is no step. */
  #lastTick: number | undefined
  #isWaiting = false
  #waitStart = 0
  #silentMs = 0
  #receivedBytes = 0

  constructor(options: HangWatchOptions) {
    this.#options = options
    this.#intervalMs = Math.min(maxHeartbeatMs, options.hangTimeoutMs / heartbeatsPerTimeout)
    this.#ticks = setInterval(() => this.#tick(), this.#intervalMs).unref()
  }

  /** This rank begins to wait for bytes of the previous one. */
  start(): void {
    this.#isWaiting = true
    this.#silentMs = 0
    this.#receivedBytes = this.#options.receivedBytes()
    this.#waitStart = performance.now()
    this.#lastTick ??= this.#waitStart
  }

  /** This rank waits no longer. */
  stop(): void {
    this.#isWaiting = false
  }

  close(): void {
    clearInterval(this.#ticks)
  }

  #tick(): void {
    this.#options.sendHeartbeat()
    if (this.#lastTick === undefined) return
    const now = performance.now()
    const start = Math.max(this.#lastTick, this.#waitStart)
    this.#longestBlockMs = Math.max(this.#longestBlockMs, now - this.#lastTick - this.#intervalMs)
    this.#lastTick = now
    if (this.#isWaiting) this.#countSilence(now - start)
  }

  #countSilence(elapsedMs: number): void {
    const received = this.#options.receivedBytes()
    // If this rank was itself stopped, for example by Ctrl-Z, probably all ranks were: that time does not count.
    this.#silentMs = received === this.#receivedBytes ? this.#silentMs + Math.min(elapsedMs, 2 * this.#intervalMs) : 0
    this.#receivedBytes = received
    const limitMs = Math.max(this.#options.hangTimeoutMs, longestBlockFactor * this.#longestBlockMs)
    if (this.#silentMs < limitMs) return
    this.#isWaiting = false
    this.#options.onHang(this.#silentMs)
  }
}
