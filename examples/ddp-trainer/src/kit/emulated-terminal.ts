import { EventEmitter } from 'node:events'
import xterm from '@xterm/headless'

/** An xterm that takes the place of `process.stderr`. */
export class EmulatedTerminal extends EventEmitter {
  readonly isTTY = true
  readonly #terminal: InstanceType<typeof xterm.Terminal>

  constructor(columns: number, rows: number) {
    super()
    this.#terminal = new xterm.Terminal({ cols: columns, rows, convertEol: true, allowProposedApi: true })
  }

  get columns(): number {
    return this.#terminal.cols
  }

  get rows(): number {
    return this.#terminal.rows
  }

  write(text: string): boolean {
    this.#terminal.write(text)
    return true
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.lines() // what was written before
    this.#terminal.resize(columns, rows)
    this.emit('resize')
  }

  /** Returns all lines: those that have scrolled away, and those of the screen. */
  async lines(): Promise<string[]> {
    await new Promise<void>((resolve) => this.#terminal.write('', resolve))
    const { active } = this.#terminal.buffer
    return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '')
  }
}
