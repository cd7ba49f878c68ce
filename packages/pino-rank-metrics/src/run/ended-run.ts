import { atExit, exitCode } from 'pino-rank/process'
import { endOf, type RunEnd } from '../record/index.ts'

const runs = new Set<EndedRun>()

/**
 * A run whose stream ended on the main thread before its process: for example the program calls `stream.end()`, and later
 * `process.exit(3)`. When the process exits, the end of the run is corrected. If the program has begun another run, the exit code
 * belongs to that run, and this one is not corrected.
 */
export class EndedRun {
  readonly #removeExitHook: () => void
  #isClosing = true
  #isLast = true

  /**
   * @param end the end that the stream writes
   * @param isFinal true if the log or `rankLogger` gave that end. The exit code then does not change it.
   * @param onExit called when the process exits, with the right end of the run. `isUnchanged`: that is `end`
   */
  constructor(
    end: RunEnd | undefined,
    isFinal: boolean,
    onExit: (end: RunEnd | undefined, isUnchanged: boolean) => void,
  ) {
    runs.add(this)
    this.#removeExitHook = atExit(() => {
      const code = exitCode()
      const isUnchanged = isFinal || !this.#isLast || code === 'unknown' || code === end?.exitCode
      onExit(isUnchanged ? end : endOf(code), isUnchanged)
    })
  }

  /** Called when the stream is closed. Until then the run is needed even if it is no longer the last one. */
  onClose(): void {
    this.#isClosing = false
    if (!this.#isLast) this.#remove()
  }

  /** Called when the program begins another run. The exit code then does not belong to the earlier runs. */
  static supersede(): void {
    for (const run of runs) {
      run.#isLast = false
      if (!run.#isClosing) run.#remove()
    }
  }

  #remove(): void {
    runs.delete(this)
    this.#removeExitHook()
  }
}
