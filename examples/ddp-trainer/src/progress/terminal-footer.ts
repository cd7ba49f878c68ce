import { cursorRestorePosition, cursorSavePosition, cursorTo, cursorUp, eraseDown, eraseLine } from 'ansi-escapes'
import { atExit, beforeDeathBy } from 'pino-rank/process'
import type { TerminalSize } from './terminal-size.ts'

/** Moves the cursor down a row, in its column. In the last row of the scrolling region the text scrolls. */
const moveDownOrScroll = '\x1bD'
/** Limits scrolling to the first rows of the screen, and moves the cursor to the top left. */
const scrollFirst = (rows: number) => `\x1b[1;${rows}r`
/** Lets the whole screen scroll, and moves the cursor to the top left. */
const scrollAll = '\x1b[r'

const keepCursor = (sequence: string) => cursorSavePosition + sequence + cursorRestorePosition

/**
 * Lines that stay at the bottom of a terminal. The rows above them are a scrolling region, as in apt's progress bar: what any
 * process writes to the terminal scrolls there, and never overwrites the lines. At the end of the process, and before it is ended
 * by SIGINT or SIGTERM, the whole screen scrolls again.
 */
export class TerminalFooter {
  readonly #out: NodeJS.WritableStream
  readonly #removeTasks: (() => void)[]
  #size: TerminalSize = { columns: 0, rows: 0 }
  /** Number of rows below the scrolling region. It grows with the lines, and shrinks only when the terminal is resized. */
  #height = 0

  constructor(out: NodeJS.WritableStream) {
    const erase = () => this.erase()
    this.#out = out
    this.#removeTasks = [atExit(erase), beforeDeathBy('SIGINT', erase), beforeDeathBy('SIGTERM', erase)]
  }

  /** Replaces the lines. Each must fit into a row. */
  show(lines: readonly string[], size: TerminalSize): void {
    if (lines.length === 0 && this.#height === 0) return
    const isResized = size.rows !== this.#size.rows || size.columns !== this.#size.columns
    const setup = isResized || lines.length > this.#height ? this.#reserve(lines.length, size) : ''
    const top = size.rows - this.#height
    const rows = Array.from(
      { length: this.#height },
      (_, row) => cursorTo(0, top + row) + eraseLine + (lines[row] ?? ''),
    )
    this.#out.write(setup + keepCursor(rows.join('')))
  }

  /** Erases the lines. `show` may follow. */
  erase(): void {
    if (this.#height === 0) return
    this.#height = 0
    this.#out.write(keepCursor(scrollAll) + eraseDown)
  }

  close(): void {
    this.erase()
    for (const remove of this.#removeTasks) remove()
  }

  /**
   * Returns the sequences that reserve rows for the lines. Erases everything below the cursor: only older lines of this footer can be
   * there, also after a resize.
   */
  #reserve(height: number, size: TerminalSize): string {
    this.#height = height
    this.#size = size
    const makeRoom = height > 0 ? moveDownOrScroll.repeat(height) + cursorUp(height) : ''
    return keepCursor(scrollAll) + eraseDown + makeRoom + keepCursor(scrollFirst(size.rows - height))
  }
}
