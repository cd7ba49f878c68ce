import { atExit, exitCode } from 'pino-rank/process'
import { endOf, type RunEnd } from '../record/index.ts'

const runs = new Set<EndedRun>()

/**
 * A run whose stream ended on the main thread before its process, for example `stream.end()` and then an exception or
 * `process.exit(3)`. At the exit the run's end is corrected, unless the program began another run after it. Then the exit code
 * belongs to that run.
 */
export class EndedRun {
  readonly #forget: () => void
  #isClosing = true
  #isLast = true

  /**
   * @param end the end that is being written
   * @param isKnown true if the log or `rankLogger` gave that end. It then stays, whatever the exit code is.
   * @param exit called at the exit with the true end, and with true if that is the end that is being written
   */
  constructor(end: RunEnd | undefined, isKnown: boolean, exit: (end: RunEnd | undefined, isWritten: boolean) => void) {
    runs.add(this)
    this.#forget = atExit(() => {
      const code = exitCode()
      const isRight = isKnown || !this.#isLast || code === 'unknown' || code === end?.exitCode
      exit(isRight ? end : endOf(code), isRight)
    })
  }

  onClose(): void {
    this.#isClosing = false
    if (!this.#isLast) this.#drop()
  }

  /** Called when the program begins another run. The exit code then does not belong to the earlier runs. */
  static supersede(): void {
    for (const run of runs) {
      run.#isLast = false
      if (!run.#isClosing) run.#drop()
    }
  }

  #drop(): void {
    runs.delete(this)
    this.#forget()
  }
}
