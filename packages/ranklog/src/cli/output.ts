import { isatty } from 'node:tty'
import { escapeJson, escapeLine, oneLine } from 'pino-rank/sink'
import { type AsyncWrite, writeAllAsync } from 'pino-rank-lines/system'
import { fileIdOf } from 'pino-rank-stdout/collector'
import { readerCheck } from '../node-internals.ts'

/** A line of text; in a colour, given as the escape sequence that begins it. */
export type Line = string | { text: string; color: string | undefined }

export interface OutputOptions {
  /** @default whether the descriptor is a terminal */
  isTTY?: boolean
  /** True if the terminal obeys escape sequences. @default by TERM */
  canRedraw?: boolean
  /** Width of the terminal. @default that of the terminal, or 80 */
  columns?: () => number
  /** One write(2). Tests inject faults here. @default the system's */
  writeSome?: AsyncWrite
}

const newline = 10
const clearLine = '\r\x1b[K'
const clearScreen = '\x1b[2J\x1b[H'

/** Error codes of a write that mean that nobody reads: of a pipe, a socket, a terminal that hung up. */
const readerGone = new Set(['EPIPE', 'ECONNRESET', 'EIO'])

/**
 * stdout or stderr: the one way of the command line to it. Text that ranklog writes is made safe for a terminal here, and writes are
 * done one after the other, so no line of ours gets into another. `process.stdout` is not used: it makes a pipe non-blocking for
 * all processes that have it, and its errors come as events.
 *
 * Writes resolve to false if nobody reads any more, and reject with the system's error otherwise. An ignored rejection does no harm.
 */
export class Output {
  readonly fd: number
  readonly isTTY: boolean
  readonly #canRedraw: boolean
  readonly #columns: () => number
  readonly #writeSome: AsyncWrite | undefined
  /** What stands in the last line of the terminal, below all others. */
  #bar = ''
  #isWithinLine = false
  #hasReader = true
  #checkReader: (() => boolean) | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(fd: number, { isTTY = isatty(fd), canRedraw, columns, writeSome }: OutputOptions = {}) {
    this.fd = fd
    this.isTTY = isTTY
    this.#canRedraw = isTTY && (canRedraw ?? process.env.TERM !== 'dumb')
    this.#columns = columns ?? (() => (fd === 2 ? process.stderr : process.stdout).columns ?? 80)
    this.#writeSome = writeSome
  }

  /** Width of the terminal. 80 where there is none. */
  get columns(): number {
    return (this.isTTY && this.#columns()) || 80
  }

  /** Reports whether somebody may still read, without writing. False only if it is known that nobody does. */
  hasReader(): boolean {
    this.#checkReader ??= readerCheck(this.fd)
    this.#hasReader &&= this.#checkReader()
    return this.#hasReader
  }

  /** Writes bytes as they are. They must be safe for a terminal. Under a bar, a part of a line gets a newline. */
  write(bytes: Uint8Array): Promise<boolean> {
    if (bytes.length === 0) return Promise.resolve(this.#hasReader)
    const endsLine = bytes.at(-1) === newline
    if (this.#bar === '') {
      this.#isWithinLine = !endsLine
      return this.#writeNext(bytes)
    }
    return this.#writeNext(
      Buffer.concat([Buffer.from(clearLine), bytes, Buffer.from(`${endsLine ? '' : '\n'}${this.#drawnBar()}`)]),
    )
  }

  /** Writes lines of text. What a terminal would obey is shown. */
  lines(lines: readonly Line[]): Promise<boolean> {
    return this.#writeText(lines, '')
  }

  /** Does the same after the terminal's screen is cleared. */
  page(lines: readonly Line[]): Promise<boolean> {
    return this.#writeText(lines, this.#canRedraw ? clearScreen : '')
  }

  /** Writes a report: one line, whatever is in the text. Nobody waits for it, and its errors are ignored. */
  report(text: string): void {
    void this.lines([oneLine(text)])
  }

  /** Writes values as JSON. */
  json(values: readonly unknown[], indent?: number): Promise<boolean> {
    return this.write(
      Buffer.from(values.map((value) => `${escapeJson(JSON.stringify(value, undefined, indent))}\n`).join('')),
    )
  }

  /** Shows a text in the last line of the terminal, until the next call. Empty: takes it away. */
  showBar(bar: string): void {
    if (!this.#canRedraw || (bar === '' && this.#bar === '')) return
    const newline = this.#isWithinLine ? '\n' : ''
    this.#isWithinLine = false
    this.#bar = escapeLine(bar)
    void this.#writeNext(Buffer.from(`${newline}${clearLine}${this.#drawnBar()}`))
  }

  /** Returns the bar, cut to the terminal's width less one column. A full line would wrap. */
  #drawnBar(): string {
    return [...this.#bar].slice(0, Math.max(0, this.#columns() - 1)).join('')
  }

  #writeText(lines: readonly Line[], before: string): Promise<boolean> {
    const text = lines.map((line) => {
      if (typeof line === 'string') return `${escapeLine(line)}\n`
      return line.color === undefined ? `${escapeLine(line.text)}\n` : `${line.color}${escapeLine(line.text)}\x1b[0m\n`
    })
    return this.write(Buffer.from(`${before || !this.#isWithinLine ? before : '\n'}${text.join('')}`))
  }

  #writeNext(bytes: Uint8Array): Promise<boolean> {
    const written = this.#last.then(() => this.#writeNow(bytes))
    this.#last = written.catch(() => {})
    return written
  }

  async #writeNow(bytes: Uint8Array): Promise<boolean> {
    if (!this.#hasReader) return false
    try {
      await writeAllAsync(this.fd, bytes, this.#writeSome)
    } catch (error) {
      if (!readerGone.has((error as NodeJS.ErrnoException).code as string)) throw error
      this.#hasReader = false
    }
    return this.#hasReader
  }
}

/** Returns stdout and stderr: one object if both are the same terminal, pipe or file, so that they share its last line and its order. */
export function standardOutputs(): { stdout: Output; stderr: Output } {
  const stdout = new Output(1)
  return { stdout, stderr: fileIdOf(1) === fileIdOf(2) ? stdout : new Output(2) }
}
