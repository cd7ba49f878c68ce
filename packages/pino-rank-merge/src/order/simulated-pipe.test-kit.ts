/** A pipe with a capacity. If it is full, it accepts no text. */
export class SimulatedPipe implements AsyncIterable<Uint8Array> {
  isAway = false
  /** True while its program computes. `isBusyVisible` is true if the merge can see that. */
  isBusy = false
  isBusyVisible = true
  /** While true, bytes that arrive are not given to the merge. */
  isHeld = false
  readonly #capacity: number
  #bytes = ''
  #hasEnded = false
  #wake = () => {}

  constructor(capacity: number = 2 ** 12) {
    this.#capacity = capacity
  }

  isComputing(): boolean {
    return this.isBusy && this.isBusyVisible
  }

  get hasBytes(): boolean {
    return this.isHeld && this.#bytes !== ''
  }

  release(): void {
    this.isHeld = false
    this.#wake()
  }

  /** Returns false, and writes nothing, if the pipe is full. */
  write(text: string): boolean {
    if (this.#bytes !== '' && this.#bytes.length + text.length > this.#capacity) return false
    this.#bytes += text
    this.#wake()
    return true
  }

  end(): void {
    this.#hasEnded = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = Buffer.from(this.isHeld ? '' : this.#bytes)
      this.#bytes = this.isHeld ? this.#bytes : ''
      if (bytes.length > 0) yield bytes
      else if (this.#hasEnded && !this.isHeld) return
      else
        await new Promise<void>((wake) => {
          this.#wake = wake
        })
    }
  }
}
