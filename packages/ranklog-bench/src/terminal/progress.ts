import { escapeLine } from 'pino-rank/sink'

/** What a progress line is written to. */
export interface ProgressStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

const clearLine = '\r\x1b[K'

/** One line at the bottom of a terminal that replaces itself. A pipe or a file gets no such line. */
export class Progress {
  readonly #stream: ProgressStream
  #isShown = false

  constructor(stream: ProgressStream) {
    this.#stream = stream
  }

  /** Shows a text instead of the one before, cut to the width of the terminal. */
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
