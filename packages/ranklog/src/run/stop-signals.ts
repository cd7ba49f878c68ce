import type { RankJob } from './rank-job.ts'

/** Signals that we get are the ranks'. */
export class StopSignals {
  /** That asked to end. */
  signal: NodeJS.Signals | undefined
  #job: RankJob | undefined
  readonly #handlers: [NodeJS.Signals, () => void][] = []

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) this.#on(signal, () => this.#stop(signal))
    for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) this.#on(signal, () => this.#job?.forward(signal))
  }

  watch(job: RankJob): void {
    this.#job = job
    if (this.signal) job.stop(this.signal)
  }

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
