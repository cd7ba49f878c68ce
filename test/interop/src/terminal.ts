import { execFileSync } from 'node:child_process'
import { AnsiUp } from 'ansi_up'
import { cleanEnvironment } from '../../dist/kit/start-process.js'
import { picture } from './browser.ts'

/** Braille, of which charts are drawn, and emoji: their fonts know no cells. */
const foreign = /[\u2800-\u28ff]|\p{Emoji_Presentation}/gu

const style = `<style>
  pre { background: #111; color: #ddd; font: 15px/1.2 DejaVu Sans Mono, monospace; margin: 0; padding: 8px; width: 120ch }
  i { display: inline-block; font-style: normal }
</style>`

let made = 0

/** A program in a real terminal, 120 × 36, of a tmux of its own. */
export class Terminal {
  readonly #socket = `pictures-${process.pid}-${made++}`

  /** Is there a tmux here? */
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

  /** What stands in it; `colours`: with its escapes. */
  screen(colours = false): string {
    return this.#tmux('capture-pane', '-p', ...(colours ? ['-e'] : []))
  }

  /** As a person types it. */
  type(text: string): void {
    this.#tmux('send-keys', '-l', '--', text)
  }

  /** A key by its name, e.g. `Tab`. */
  press(key: string): void {
    this.#tmux('send-keys', key)
  }

  /** As a person draws its window. */
  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows))
  }

  /** Waits until that stands in it: a program draws when it likes. */
  async shows(text: RegExp): Promise<void> {
    for (let attempt = 0; !text.test(this.screen()); attempt++) {
      if (attempt === 100) throw new Error(`not shown: ${this.screen()}`)
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

  /** A program that has ended has taken its terminal with it. */
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
