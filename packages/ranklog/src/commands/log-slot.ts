const newline = 10

/** How long the end of a line is waited for when a slot is handed over, in ms. */
const maxLineMs = 1000

type Result = IteratorResult<Uint8Array>

/**
 * A source of a merge that may be filled later, and that outlives the merge. {@link handOver} ends the iteration of the present
 * merge at the end of a line; the iteration of the next one continues there.
 */
export class LogSlot implements AsyncIterable<Uint8Array> {
  #bytes: AsyncIterator<Uint8Array> | undefined
  #isReading = false
  #isEnded = false
  /** Bytes that nobody has asked for yet. */
  #rest: Uint8Array | undefined
  /** True if the bytes that were given end within a line. */
  #isWithinLine = false
  /** Counts the iterations. Only the last one gets bytes. */
  #iteration = 0
  /** Set while the present iteration is about to end. */
  #leaving: NodeJS.Timeout | undefined
  #answer: ((result: Result) => void) | undefined

  /** Gives it the bytes to pass on, cut anywhere. */
  fill(bytes: AsyncIterable<Uint8Array>): void {
    this.#bytes = bytes[Symbol.asyncIterator]()
    this.#pass()
  }

  /** Ends the present iteration at the end of a line; within it, if that does not come for a second. */
  handOver(): void {
    this.#leaving ??= setTimeout(() => this.#leave(), maxLineMs)
    if (!this.#isWithinLine) this.#leave()
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
        new Promise((answer) => {
          if (iteration !== this.#iteration) return answer({ value: undefined, done: true })
          this.#answer = answer
          this.#pass()
        }),
    }
  }

  /** Answers a request, or reads until it can. */
  #pass(): void {
    if (!this.#answer) return
    if (this.#rest) this.#giveBytes(this.#rest)
    else if (this.#isEnded) this.#leave()
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

  /** Gives bytes; before a hand-over, up to the end of the line. */
  #giveBytes(bytes: Uint8Array): void {
    const length = this.#leaving ? bytes.indexOf(newline) + 1 || bytes.length : bytes.length
    this.#rest = length < bytes.length ? bytes.subarray(length) : undefined
    this.#isWithinLine = bytes[length - 1] !== newline
    this.#give({ value: bytes.subarray(0, length), done: false })
    if (this.#leaving && !this.#isWithinLine) this.#leave()
  }

  #leave(): void {
    clearTimeout(this.#leaving)
    this.#leaving = undefined
    this.#isWithinLine = false
    this.#iteration++
    this.#give({ value: undefined, done: true })
  }

  #give(result: Result): void {
    const answer = this.#answer
    this.#answer = undefined
    answer?.(result)
  }
}
