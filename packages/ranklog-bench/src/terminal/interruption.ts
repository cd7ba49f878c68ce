import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ends a run at the first SIGINT, SIGTERM or SIGHUP: aborts `signal`, so that the run can remove its files. The second one
 * ends the process at once; then the next run removes the files.
 */
export class Interruption {
  readonly #controller = new AbortController()
  #exitCode: number | undefined

  constructor() {
    for (const name of signals) process.on(name, this.#onSignal)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** 128 plus the number of the signal. Undefined: there was no signal. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** Restores the default effect of the signals. */
  close(): void {
    for (const name of signals) process.off(name, this.#onSignal)
  }

  readonly #onSignal = (name: (typeof signals)[number]): void => {
    const code = 128 + constants.signals[name]
    if (this.#exitCode !== undefined) process.exit(code)
    this.#exitCode = code
    this.#controller.abort()
  }
}
