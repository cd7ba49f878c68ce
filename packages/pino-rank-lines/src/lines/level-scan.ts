import { type Levels, levelAt, pinoLevels } from 'pino-rank/sink'

/** Maximum offset of the level in a line of pino, unless the user moved the level. */
const maxOffset = 64

/**
 * Finds lines at or above `minLevel` in chunks of text, which may end within a line. It searches for pino's `"level":50` near the
 * start of each line, and parses no JSON. So a level in a nested field may be taken for that of the line, which is then written
 * early. A line with its level further back waits for the flush interval.
 */
export class LevelScan {
  readonly #minLevel: number
  readonly #levels: Levels
  /** Start of the unfinished line. Undefined once its level has been searched for. */
  #head: string | undefined = ''
  /** Offset of the level in the last line. */
  #offset = 1

  /** @param levels by label, for lines that have a label in place of a number */
  constructor(minLevel: number, levels: Levels = pinoLevels) {
    this.#minLevel = minLevel
    this.#levels = levels
  }

  /** Reports whether this chunk has a line at or above the level, or completes the start of such a line. */
  hasMinLevel(chunk: string): boolean {
    if (this.#minLevel === Infinity) return false
    let text = chunk
    let at = 0
    if (this.#head === undefined) at = text.indexOf('\n') + 1 || text.length
    else if (this.#head !== '') text = this.#head + text
    let found = false
    while (at < text.length) {
      found ||= this.#levelAt(text, at) >= this.#minLevel
      const next = text.indexOf('\n', at) + 1
      if (next === 0) {
        this.#head = text.length - at < maxOffset ? text.slice(at) : undefined
        return found
      }
      at = next
      this.#head = ''
    }
    return found
  }

  /**
   * Returns the level of the line that starts at `at`, or NaN if it has none within `maxOffset`. Looks first at the offset that
   * the level of the last line had.
   */
  #levelAt(text: string, at: number): number {
    const field = at + this.#offset
    if (text.substring(field, field + key.length) === key) return levelAt(text, field + key.length, this.#levels) ?? NaN
    const offset = text.slice(at, at + maxOffset).indexOf(key)
    if (offset === -1) return NaN
    this.#offset = offset
    return levelAt(text, at + offset + key.length, this.#levels) ?? NaN
  }
}

const key = '"level":'
