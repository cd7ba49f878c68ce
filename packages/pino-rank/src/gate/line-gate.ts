import { type Levels, lineLevel, pinoLevels } from '../record/index.ts'

/** Which lines a {@link LineGate} lets through, and what it adds to them. */
export interface LineGateOptions {
  /** Lowest level that is let through. Infinity: none. */
  min: number
  /** Field that is inserted into each line, e.g. `["rank", 3]`. Without it, lines are not changed. */
  field?: readonly [key: string, value: number | string]
  levels?: Levels
}

/**
 * Filters lines of text by level, and inserts the rank after the opening brace. A line is parsed only to find its level, and only
 * if the level is not its first field. A line without a known level is let through, so that nothing is lost only because its
 * format is unknown.
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

  /** Returns the lines that this chunk completes and that the gate lets through, each with its `\n`. */
  pass(chunk: string): string {
    let output = ''
    let start = 0
    for (let end = chunk.indexOf('\n'); end !== -1; end = chunk.indexOf('\n', start)) {
      output += this.#line(this.#tail + chunk.slice(start, end + 1))
      this.#tail = ''
      start = end + 1
    }
    this.#tail += chunk.slice(start)
    return output
  }

  /** Returns the last line if it has no `\n`. Called when no more chunks follow. */
  end(): string {
    return this.#tail === '' ? '' : this.pass('\n')
  }

  #line(line: string): string {
    if (this.#min === Infinity || (this.#min > 0 && (lineLevel(line, this.#levels) ?? Infinity) < this.#min)) return ''
    if (this.#insert === '' || line[0] !== '{') return line
    return line[1] === '}' ? this.#insert + line.slice(1) : `${this.#insert},${line.slice(1)}`
  }
}
