import { type Levels, lineLevel, pinoLevels } from '../record/index.ts'

/** What a {@link LineGate} passes, and what it adds. */
export interface LineGateOptions {
  /** Lowest level that passes. Infinity: none. */
  min: number
  /** Field inserted into each line, e.g. `["rank", 3]`; without it the lines pass unchanged. */
  field?: readonly [key: string, value: number | string]
  levels?: Levels
}

/**
 * The gate for text: whole lines at or above a level, with the rank inserted after the opening brace. Lines are
 * never parsed and written again; only where the level does not lead the line, it is parsed to find it.
 * A line whose level is unknown passes: the gate loses nothing that it does not understand.
 */
export class LineGate {
  readonly #min: number
  readonly #insert: string
  readonly #levels: Levels
  #tail = ''

  constructor({ min, field, levels = pinoLevels }: LineGateOptions) {
    this.#min = min
    this.#insert = field ? `{${JSON.stringify(field[0])}:${JSON.stringify(field[1])}` : ''
    this.#levels = levels
  }

  /** Returns the lines that became whole with this chunk and that pass, each with its `\n`. */
  pass(chunk: string): string {
    let passing = ''
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      passing += this.#line(this.#tail + chunk.slice(start, end + 1))
      this.#tail = ''
      start = end + 1
    }
    this.#tail += chunk.slice(start)
    return passing
  }

  /** Returns what remains of a last line without `\n`, when no more chunks come. */
  end(): string {
    return this.#tail === '' ? '' : this.pass('\n')
  }

  #line(line: string): string {
    if (this.#min === Infinity || (this.#min > 0 && (lineLevel(line, this.#levels) ?? Infinity) < this.#min)) return ''
    if (this.#insert === '' || line[0] !== '{') return line
    return line[1] === '}' ? this.#insert + line.slice(1) : `${this.#insert},${line.slice(1)}`
  }
}
