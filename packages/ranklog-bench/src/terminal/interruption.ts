import { constants } from 'node:os'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Ends a run at the first SIGINT, SIGTERM or SIGHUP: `signal` is aborted, so that the run can remove what it made. The second one ends
 * the process at once; the next run removes what is left.
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

  /** 128 and the number of the signal; undefined: there was none. */
  get exitCode(): number | undefined {
    return this.#exitCode
  }

  /** Gives the signals their usual effect back. */
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
