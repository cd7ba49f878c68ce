import { escapeLine } from 'pino-rank/sink'

/** The stream that a progress line is written to. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const clearLine = '\r\x1b[K'

/** Shows one line at the bottom of a terminal. Each text replaces the one before. Writes nothing to a pipe or a file. */
export class Progress {
  readonly #stream: ProgressStream
  #isShown = false

  constructor(stream: ProgressStream) {
    this.#stream = stream
  }

  /** Replaces the line by a text, cut to the width of the terminal. */
  show(text: string): void {
    if (!this.#stream.isTTY) return
    const width = (this.#stream.columns || 80) - 1 // a full line would wrap
    this.#stream.write(`${clearLine}${[...escapeLine(text)].slice(0, width).join('')}`)
    this.#isShown = true
  }

  /** Removes the line. */
  clear(): void {
    if (this.#isShown) this.#stream.write(clearLine)
    this.#isShown = false
  }
}
