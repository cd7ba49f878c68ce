const newline = 10

/** Maximum time that a hand-over waits for the end of a line, in ms. */
const maxLineMs = 1000

type Result = IteratorResult<Uint8Array>

/**
 * A source of a merge that may get its bytes later, and that can move to another merge. {@link handOver} ends the iteration of
 * the current merge at the end of a line. The iteration of the next merge continues there.
 */
export class LogSlot implements AsyncIterable<Uint8Array> {
  #bytes: AsyncIterator<Uint8Array> | undefined
  #isReading = false
  #isEnded = false
  /** Bytes that were read and not yet requested. */
  #rest: Uint8Array | undefined
  /** True if the last bytes that were passed on end within a line. */
  #isWithinLine = false
  /** Number of the current iteration. Earlier iterations have ended. */
  #iteration = 0
  /** Set during a hand-over, while the end of a line is missing. */
  #handOverTimer: NodeJS.Timeout | undefined
  /** Resolves the pending request. */
  #resolve: ((result: Result) => void) | undefined

  /** Sets the bytes to pass on. Chunks may end anywhere. */
  fill(bytes: AsyncIterable<Uint8Array>): void {
    this.#bytes = bytes[Symbol.asyncIterator]()
    this.#pass()
  }

  /** Ends the current iteration at the end of a line, or within a line if its end does not come in time. */
  handOver(): void {
    this.#handOverTimer ??= setTimeout(() => this.#endIteration(), maxLineMs)
    if (!this.#isWithinLine) this.#endIteration()
  }

  /** Ends all iterations. */
  end(): void {
    this.#isEnded = true
    this.#pass()
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    const iteration = this.#iteration
    return {
      next: () =>
        new Promise((resolve) => {
          if (iteration !== this.#iteration) return resolve({ value: undefined, done: true })
          this.#resolve = resolve
          this.#pass()
        }),
    }
  }

  /** Resolves the pending request, or reads until it can. */
  #pass(): void {
    if (!this.#resolve) return
    if (this.#rest) this.#resolveBytes(this.#rest)
    else if (this.#isEnded) this.#endIteration()
    else if (this.#bytes && !this.#isReading) {
      this.#isReading = true
      this.#bytes.next().then(({ value, done }) => {
        this.#isReading = false
        if (done) this.#isEnded = true
        else if (value.length > 0) this.#rest = value
        this.#pass()
      })
    }
  }

  /** Passes on bytes; during a hand-over, only up to the end of the line. */
  #resolveBytes(bytes: Uint8Array): void {
    const length = this.#handOverTimer ? bytes.indexOf(newline) + 1 || bytes.length : bytes.length
    this.#rest = length < bytes.length ? bytes.subarray(length) : undefined
    this.#isWithinLine = bytes[length - 1] !== newline
    this.#resolveRequest({ value: bytes.subarray(0, length), done: false })
    if (this.#handOverTimer && !this.#isWithinLine) this.#endIteration()
  }

  #endIteration(): void {
    clearTimeout(this.#handOverTimer)
    this.#handOverTimer = undefined
    this.#isWithinLine = false
    this.#iteration++
    this.#resolveRequest({ value: undefined, done: true })
  }

  #resolveRequest(result: Result): void {
    const resolve = this.#resolve
    this.#resolve = undefined
    resolve?.(result)
  }
}
