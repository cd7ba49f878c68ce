/** Holds back the first lines of all ranks for a moment, because the rank that connects last may have the oldest lines. */
export class StartBarrier {
  /** Resolves when all ranks and all their connections have sent lines, or when {@link open} is called or the time is over. */
  readonly whenOpen: Promise<void>
  isOpen = false
  readonly #ms: number
  readonly #ranks: number
  readonly #ready = new Set<string>()
  /** Connections that have sent no line yet. */
  #pending = 0
  #timer: NodeJS.Timeout | undefined
  #resolve!: () => void

  /** @param ms maximum time after the first lines; 0: the barrier is open */
  constructor(ms: number, ranks: number) {
    this.#ms = ms
    this.#ranks = ranks
    this.whenOpen = new Promise((resolve) => {
      this.#resolve = resolve
    })
    if (ms === 0) this.open()
  }

  /** Registers a new connection. The barrier then waits for its first lines too. */
  addConnection(): void {
    this.#pending++
  }

  /** Records that a connection of a rank has sent lines, or has ended without any. */
  markReady(rank: string): void {
    this.#timer ??= setTimeout(() => this.open(), this.#ms).unref()
    this.#pending--
    if (this.#ready.add(rank).size >= this.#ranks && this.#pending === 0) this.open()
  }

  open(): void {
    this.isOpen = true
    clearTimeout(this.#timer)
    this.#resolve()
  }
}
