/** What waits for a transport that is not there, in UTF-16 units. */
const defaultLimit = 2 ** 20

/** Lines that a transport has not taken yet, within a bound: the newest are dropped, and counted. */
export class UnsentLines {
  readonly #limit: number
  #lines: string[] = []
  #size = 0
  #drops = 0

  constructor(limit: number = defaultLimit) {
    this.#limit = limit
  }

  get isEmpty(): boolean {
    return this.#lines.length === 0 && this.#drops === 0
  }

  add(line: string): void {
    if (this.#size + line.length > this.#limit) {
      this.#drops++
      return
    }
    this.#lines.push(line)
    this.#size += line.length
  }

  /** Returns all that waits, and a record that says how many lines are missing behind it. The lines stay until `clear`. */
  take(): string {
    if (this.#drops > 0) {
      const msg = `pino-rank: ${this.#drops} lines dropped here: a target could not be started`
      this.#lines.push(`${JSON.stringify({ level: 40, time: Date.now(), drops: this.#drops, msg })}\n`)
      this.#drops = 0
    }
    return this.#lines.join('')
  }

  /** The transport has all that was added, what found no room here included. */
  clear(): void {
    this.#lines = []
    this.#size = 0
    this.#drops = 0
  }

  /** Gives all up. @returns how many lines were lost */
  lose(): number {
    const lost = this.#lines.length + this.#drops
    this.clear()
    return lost
  }
}
