/** A rank counts as hung after this many times the longest time that this rank itself computed between two calls. */
const longestStepFactor = 4

/** Number of times in `hangTimeoutMs` that a rank sends a heartbeat, if that is less than a second. */
const heartbeatsPerTimeout = 7

/** Longest time between two heartbeats, in ms. */
const maxHeartbeatMs = 1000

export interface HangWatchOptions {
  /** Shortest time without a byte after which the previous rank counts as hung, in ms. */
  hangTimeoutMs: number
  /** Returns the number of bytes that have arrived from the previous rank. */
  receivedBytes: () => number
  /** Sends a byte to the next rank. Called all the time, and not only during calls. */
  sendHeartbeat: () => void
  /** Called when the previous rank counts as hung. @param silentMs time without a byte */
  onHang: (silentMs: number) => void
}

/**
 * Detects that the previous rank is stopped, or computes without an end. Each rank sends heartbeats from its event loop. While a rank
 * waits in a call, it counts the time in which nothing arrives. Ranks with long synchronous steps send no heartbeats during a step, so
 * the limit grows with the steps of this rank itself.
 */
export class HangWatch {
  readonly #options: HangWatchOptions
  readonly #intervalMs: number
  readonly #heartbeats: NodeJS.Timeout
  #longestStepMs = 0
  #stepStart = performance.now()
  #silentMs = 0
  #receivedBytes = 0
  #lastTick = 0
  #ticks: NodeJS.Timeout | undefined

  constructor(options: HangWatchOptions) {
    this.#options = options
    this.#intervalMs = Math.min(maxHeartbeatMs, options.hangTimeoutMs / heartbeatsPerTimeout)
    this.#heartbeats = setInterval(options.sendHeartbeat, this.#intervalMs).unref()
  }

  /** A call begins: this rank waits for the previous one. */
  start(): void {
    this.#longestStepMs = Math.max(this.#longestStepMs, performance.now() - this.#stepStart)
    this.#silentMs = 0
    this.#receivedBytes = this.#options.receivedBytes()
    this.#lastTick = performance.now()
    this.#ticks = setInterval(() => this.#tick(), this.#intervalMs)
  }

  /** A call has ended. */
  stop(): void {
    clearInterval(this.#ticks)
    this.#stepStart = performance.now()
  }

  close(): void {
    clearInterval(this.#heartbeats)
    clearInterval(this.#ticks)
  }

  #tick(): void {
    const now = performance.now()
    // If this rank was itself stopped, for example by Ctrl-Z, its other ranks were too: that time does not count.
    const elapsedMs = Math.min(now - this.#lastTick, 2 * this.#intervalMs)
    this.#lastTick = now
    const received = this.#options.receivedBytes()
    this.#silentMs = received === this.#receivedBytes ? this.#silentMs + elapsedMs : 0
    this.#receivedBytes = received
    const limitMs = Math.max(this.#options.hangTimeoutMs, longestStepFactor * this.#longestStepMs)
    if (this.#silentMs >= limitMs) this.#options.onHang(this.#silentMs)
  }
}
