import type { RankJob } from './rank-job.ts'

/** Passes the signals that this process receives on to the ranks. The second stop signal kills them. */
export class StopSignals {
  /** The first stop signal. Undefined: there was none. */
  signal: NodeJS.Signals | undefined
  #job: RankJob | undefined
  readonly #handlers: [NodeJS.Signals, () => void][] = []

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) this.#on(signal, () => this.#stop(signal))
    for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) this.#on(signal, () => this.#job?.forward(signal))
  }

  /** Sets the job that gets the signals. If there was a stop signal before, stops the job at once. */
  watch(job: RankJob): void {
    this.#job = job
    if (this.signal) job.stop(this.signal)
  }

  /** Restores the default effect of the signals. */
  end(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler)
  }

  #on(signal: NodeJS.Signals, handler: () => void): void {
    process.on(signal, handler)
    this.#handlers.push([signal, handler])
  }

  #stop(signal: NodeJS.Signals): void {
    this.#job?.stop(signal, this.signal !== undefined)
    this.signal ??= signal
  }
}
