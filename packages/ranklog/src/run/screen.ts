import { escapeControls } from 'pino-rank/sink'

/** Lines on a terminal, above one that stays the last: a progress bar. */
export class Screen {
  readonly #write: (bytes: Buffer) => Promise<boolean>
  readonly #columns: () => number
  #bar = ''
  #last: Promise<boolean> = Promise.resolve(true)

  /** @param write false: nobody reads it any more */
  constructor(write: (bytes: Buffer) => Promise<boolean>, columns: () => number) {
    this.#write = write
    this.#columns = columns
  }

  /** Whole lines. */
  lines(bytes: Buffer): Promise<boolean> {
    if (this.#bar === '') return this.#next(bytes)
    return this.#next(Buffer.concat([Buffer.from(clear), bytes, Buffer.from(this.#drawn())]))
  }

  /** '' takes the bar away. */
  show(bar: string): void {
    this.#bar = escapeControls(bar)
    void this.#next(Buffer.from(`${clear}${this.#drawn()}`))
  }

  /** Returns the bar, cut to the terminal's width less one column. A full line would wrap. */
  #drawn(): string {
    return [...this.#bar].slice(0, Math.max(0, this.#columns() - 1)).join('')
  }

  #next(bytes: Buffer): Promise<boolean> {
    this.#last = this.#last.then((hasReader) => hasReader && this.#write(bytes))
    return this.#last
  }
}

const clear = '\r\x1b[K'
