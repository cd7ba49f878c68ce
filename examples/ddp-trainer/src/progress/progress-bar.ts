import { barLines } from './bar-text.ts'
import type { Progress } from './progress.ts'
import type { ProgressDisplay } from './progress-display.ts'
import { progressLine } from './progress-text.ts'
import { TerminalFooter } from './terminal-footer.ts'
import { terminalSize } from './terminal-size.ts'

/**
 * Draws a bar for the epoch, and below it one for the evaluation, below all other output. Writes a line without a bar for each epoch and
 * task that is complete.
 */
export class ProgressBar implements ProgressDisplay {
  readonly #out: NodeJS.WriteStream
  readonly #footer: TerminalFooter
  readonly #draw = () => this.#redraw()
  #shown: Progress[] = []

  constructor(out: NodeJS.WriteStream) {
    this.#out = out
    this.#footer = new TerminalFooter(out)
    out.on('resize', this.#draw)
  }

  show(progress: Progress): void {
    const [first] = this.#shown
    const epoch = first?.stage === 'train' && progress.stage !== 'train' ? [first] : []
    this.#shown = progress.isDone ? epoch : [...epoch, progress]
    if (progress.isDone) this.#out.write(`${progressLine(progress)}\n`)
    this.#redraw()
  }

  close(): void {
    this.#out.off('resize', this.#draw)
    this.#footer.close()
  }

  #redraw(): void {
    const size = terminalSize(this.#out)
    if (size) this.#footer.show(barLines(this.#shown, size.columns), size)
    else this.#footer.erase()
  }
}
