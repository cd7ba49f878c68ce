/** The first lines of ranks that start together wait for each other, for those of who comes last may be the oldest. */
export class StartWindow {
  /** All ranks have spoken, much has come, or the time is over. */
  readonly over: Promise<void>
  isOver = false
  readonly #ms: number
  #missing: number
  #timer: NodeJS.Timeout | undefined
  #end!: () => void

  /** @param ms from the first lines on */
  constructor(ms: number, ranks: number) {
    this.#ms = ms
    this.#missing = ranks
    this.over = new Promise((end) => {
      this.#end = end
    })
    if (ms === 0) this.end()
  }

  /** Another rank has lines. */
  spoke(): void {
    this.#timer ??= setTimeout(() => this.end(), this.#ms).unref()
    if (--this.#missing === 0) this.end()
  }

  end(): void {
    this.isOver = true
    clearTimeout(this.#timer)
    this.#end()
  }
}
