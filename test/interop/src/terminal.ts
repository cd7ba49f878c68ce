import { execFileSync } from 'node:child_process'
import { AnsiUp } from 'ansi_up'
import { cleanEnvironment } from '../../dist/kit/start-process.js'
import { picture } from './browser.ts'

/** Braille, which charts consist of, and emoji. Their glyphs come from other fonts, and need the width of a cell. */
const foreign = /[\u2800-\u28ff]|\p{Emoji_Presentation}/gu

const style = `<style>
  pre { background: #111; color: #ddd; font: 15px/1.2 DejaVu Sans Mono, monospace; margin: 0; padding: 8px; width: 120ch }
  i { display: inline-block; font-style: normal }
</style>`

let count = 0

/** A program in a real terminal of 120 × 36 cells, in its own tmux server. */
export class Terminal {
  readonly #socket = `pictures-${process.pid}-${count++}`

  /** Reports whether tmux is installed. */
  static there(): boolean {
    try {
      execFileSync('tmux', ['-V'], { stdio: 'ignore' })
      return true
    } catch {
      return false
    }
  }

  constructor(command: string[], env: NodeJS.ProcessEnv = {}) {
    const terminal = ['env', '-u', 'NO_COLOR', '-u', 'FORCE_COLOR', 'TERM=xterm-256color', 'COLORTERM=truecolor'] // tmux's own TERM has fewer colours
    const words = [...terminal, ...command].map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ')
    const options = { env: { ...cleanEnvironment(), ...env } }
    const size = ['-x', '120', '-y', '36']
    execFileSync('tmux', ['-L', this.#socket, '-f', '/dev/null', 'new-session', '-d', ...size, words], options)
  }

  /** Returns the text on the screen. With `colours` it has its escape sequences. */
  screen(colours = false): string {
    return this.#tmux('capture-pane', '-p', ...(colours ? ['-e'] : []))
  }

  /** Types a text. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text)
  }

  /** Presses a key, e.g. `Tab`. */
  press(key: string): void {
    this.#tmux('send-keys', key)
  }

  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** Waits until the text on the screen matches. */
  async shows(text: RegExp): Promise<void> {
    for (let attempt = 0; !text.test(this.screen()); attempt++) {
      if (attempt === 100) throw new Error(`${text} does not match the screen:\n${this.screen()}`)
      await new Promise((again) => setTimeout(again, 200))
    }
  }

  async picture(file: string): Promise<void> {
    const lines = new AnsiUp()
      .ansi_to_html(this.screen(true))
      .replace(foreign, (sign) => `<i style="width: ${sign.length}ch">${sign}</i>`)
    await picture(
      `data:text/html,${encodeURIComponent(`<!doctype html><meta charset="utf-8">${style}<pre>${lines}</pre>`)}`,
      file,
      'pre',
    )
  }

  /** Ends the tmux server, which has already ended if its program has. */
  close(): void {
    try {
      this.#tmux('kill-server')
    } catch (error) {
      if (!/no server running/.test(String(error))) throw error
    }
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', this.#socket, ...args], { encoding: 'utf8' })
  }
}
