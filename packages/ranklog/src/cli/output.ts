import { isatty } from 'node:tty'
import { escapeJson, escapeLine, oneLine } from 'pino-rank/sink'
import { type AsyncWrite, writeAllAsync } from 'pino-rank-lines/system'
import { fileIdOf } from 'pino-rank-stdout/collector'
import { readerCheck } from '../node-internals.ts'

/** A line of text, optionally in a colour. The colour is the escape sequence that starts it. */
export type Line = string | { text: string; color: string | undefined }

export interface OutputOptions {
  /** True if the output is a terminal. @default whether the descriptor is one */
  isTTY?: boolean
  /** True if the terminal supports escape sequences. @default false if TERM is `dumb` */
  canRedraw?: boolean
  /** Width of the terminal. @default that of the terminal, or 80 */
  columns?: () => number
  /** Does one write(2). Tests inject faults here. @default the system call */
  writeSome?: AsyncWrite
}

const newline = 10
const clearLine = '\r\x1b[K'
const clearScreen = '\x1b[2J\x1b[H'

/** Error codes of a write that mean that the reader is gone: of a pipe, a socket, and a terminal. */
const readerGone = new Set(['EPIPE', 'ECONNRESET', 'EIO'])

/**
 * Writes to stdout or stderr. All output of the command line goes through this class. It escapes control characters in text
 * that ranklog writes, and writes one piece after the other, so that lines do not mix. It does not use `process.stdout`,
 * because that makes a pipe non-blocking for all processes that share it, and reports errors as events.
 *
 * A write resolves to false if the reader is gone, and rejects with the system's error if it fails for another reason. A
 * rejection may be ignored.
 */
export class Output {
  readonly fd: number
  readonly isTTY: boolean
  readonly #canRedraw: boolean
  readonly #columns: () => number
  readonly #writeSome: AsyncWrite | undefined
  /** The text in the last line of the terminal. Empty: there is no bar. */
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

  /** Width of the terminal; 80 if the output is not a terminal. */
  get columns(): number {
    return (this.isTTY && this.#columns()) || 80
  }

  /** Reports whether the output may still have a reader, without writing. Returns false only if it is known to have none. */
  hasReader(): boolean {
    this.#checkReader ??= readerCheck(this.fd)
    this.#hasReader &&= this.#checkReader()
    return this.#hasReader
  }

  /**
   * Writes bytes unchanged. The caller must make them safe for a terminal. While there is a bar, text without a newline at its
   * end gets one.
   */
  write(bytes: Uint8Array): Promise<boolean> {
    if (bytes.length === 0) return Promise.resolve(this.#hasReader)
    const endsLine = bytes.at(-1) === newline
    if (this.#bar === '') {
      this.#isWithinLine = !endsLine
      return this.#writeNext(bytes)
    }
    return this.#writeNext(
      Buffer.concat([Buffer.from(clearLine), bytes, Buffer.from(`${endsLine ? '' : '\n'}${this.#barText()}`)]),
    )
  }

  /** Writes lines of text. Control characters are escaped. */
  lines(lines: readonly Line[]): Promise<boolean> {
    return this.#writeText(lines, '')
  }

  /** Clears the screen if this is a terminal, then writes lines of text. */
  page(lines: readonly Line[]): Promise<boolean> {
    return this.#writeText(lines, this.#canRedraw ? clearScreen : '')
  }

  /** Writes a text as one line. Returns at once, and ignores errors. */
  report(text: string): void {
    void this.lines([oneLine(text)])
  }

  /** Writes values as JSON, each followed by a newline. */
  json(values: readonly unknown[], indent?: number): Promise<boolean> {
    return this.write(
      Buffer.from(values.map((value) => `${escapeJson(JSON.stringify(value, undefined, indent))}\n`).join('')),
    )
  }

  /** Shows a text in the last line of the terminal until the next call. An empty text removes the bar. */
  showBar(bar: string): void {
    if (!this.#canRedraw || (bar === '' && this.#bar === '')) return
    const newline = this.#isWithinLine ? '\n' : ''
    this.#isWithinLine = false
    this.#bar = escapeLine(bar)
    void this.#writeNext(Buffer.from(`${newline}${clearLine}${this.#barText()}`))
  }

  /** Returns the bar, cut to one column less than the width of the terminal, because a full line would wrap. */
  #barText(): string {
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
    const result = this.#last.then(() => this.#writeNow(bytes))
    this.#last = result.catch(() => {})
    return result
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

/**
 * Returns stdout and stderr. If both are the same terminal, pipe or file, they are the same object, so that writes stay in
 * order and there is one bar.
 */
export function standardOutputs(): { stdout: Output; stderr: Output } {
  const stdout = new Output(1)
  return { stdout, stderr: fileIdOf(1) === fileIdOf(2) ? stdout : new Output(2) }
}
