import { countText } from '../errors/index.ts'

/** Maximum size of the buffered lines, in UTF-16 code units. */
const defaultLimit = 2 ** 20

/** Buffers lines that a transport has not taken yet, up to a limit. Beyond it the newest lines are dropped and counted. */
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

  /** Returns the buffered lines, followed by a record of how many were dropped. The lines stay buffered until `clear`. */
  take(): string {
    if (this.#drops > 0) {
      const msg = `pino-rank: ${countText(this.#drops, 'line')} dropped here: a target could not be started`
      this.#lines.push(`${JSON.stringify({ level: 40, time: Date.now(), drops: this.#drops, msg })}\n`)
      this.#drops = 0
    }
    return this.#lines.join('')
  }

  /** Forgets the lines and the drop count. Called when the transport has taken all lines. */
  clear(): void {
    this.#lines = []
    this.#size = 0
    this.#drops = 0
  }

  /** Discards everything. @returns how many lines were lost */
  dropAll(): number {
    const count = this.#lines.length + this.#drops
    this.clear()
    return count
  }
}
