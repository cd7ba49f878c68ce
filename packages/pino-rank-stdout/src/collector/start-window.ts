/** The first lines of ranks that start together wait for each other, for those of who comes last may be the oldest. */
export class StartWindow {
  /** Resolves when all ranks and all their connections have sent lines, when much data has come, or when the time is over. */
  readonly over: Promise<void>
  isOver = false
  readonly #ms: number
  readonly #ranks: number
  readonly #spoken = new Set<string>()
  /** Connections that have sent no line yet. */
  #silent = 0
  #timer: NodeJS.Timeout | undefined
  #end!: () => void

  /** @param ms from the first lines on */
  constructor(ms: number, ranks: number) {
    this.#ms = ms
    this.#ranks = ranks
    this.over = new Promise((end) => {
      this.#end = end
    })
    if (ms === 0) this.end()
  }

  /** Registers a new connection. The window then waits for its first lines too. */
  connected(): void {
    this.#silent++
  }

  /** Records that a connection of a rank has sent lines, or has ended without any. */
  spoke(rank: string): void {
    this.#timer ??= setTimeout(() => this.end(), this.#ms).unref()
    this.#silent--
    if (this.#spoken.add(rank).size >= this.#ranks && this.#silent === 0) this.end()
  }

  end(): void {
    this.isOver = true
    clearTimeout(this.#timer)
    this.#end()
  }
}
