import { atExit, exitCode } from 'pino-rank-file/writer'
import type { RunEnd } from './metric-record.ts'
import { endOf } from './run-end.ts'

const runs = new Set<EndedRun>()

/**
 * A run whose stream was ended on the main thread before its process: `stream.end()` and then an exception, or `process.exit(3)`. At
 * the exit its end is corrected, unless the program began another run after it, whose end that is.
 */
export class EndedRun {
  readonly #forget: () => void
  #isClosing = true
  #isLast = true

  /**
   * @param end the end that is being written
   * @param isKnown the log told that end: it stays, whatever the exit code
   * @param exit called at the exit with the true end, and whether it is the one that is being written
   */
  constructor(end: RunEnd | undefined, isKnown: boolean, exit: (end: RunEnd | undefined, isWritten: boolean) => void) {
    runs.add(this)
    this.#forget = atExit(() => {
      const code = exitCode()
      const isRight = isKnown || !this.#isLast || code === 'unknown' || code === end?.exitCode
      exit(isRight ? end : endOf(code), isRight)
    })
  }

  closed(): void {
    this.#isClosing = false
    if (!this.#isLast) this.#drop()
  }

  /** The program begins another run: the exit code is none of those before it. */
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
