import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'

export interface PatienceOptions {
  /** The metric to watch, by its name in `trainer.callbackMetrics`. */
  monitor: string
  /** 'min' if a smaller value is better, else 'max'. @default 'min' */
  mode?: 'min' | 'max'
  /** Number of checks without a new best value after which the callback acts. @default 3 */
  patience?: number
  /** A value is better only if it differs from the best one by more than this. @default 0 */
  minDelta?: number
}

/** Counts the checks of a metric since its best value. */
export class Patience {
  readonly #options: Required<PatienceOptions>
  #best: number
  #checks = 0

  constructor({ monitor, mode = 'min', patience = 3, minDelta = 0 }: PatienceOptions) {
    this.#options = { monitor, mode, patience, minDelta }
    this.#best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  }

  /**
   * Adds a check. Returns true, and starts again from 0, after `patience` checks without a new best value. A value that is not finite is
   * never the best.
   *
   * @throws {Error} if there is no such metric
   */
  check(metrics: Readonly<Record<string, number>>): boolean {
    const { monitor, mode, patience, minDelta } = this.#options
    const value = metrics[monitor]
    if (value === undefined)
      throw new Error(
        `there is no metric '${monitor}' to monitor; there are: ${Object.keys(metrics).join(', ') || 'none'}`,
      )
    const gain = mode === 'min' ? this.#best - value : value - this.#best
    if (Number.isFinite(value) && gain > minDelta) {
      this.#best = value
      this.#checks = 0
    } else this.#checks++
    if (this.#checks < patience) return false
    this.#checks = 0
    return true
  }

  /** Adds the best value and the number of checks to a checkpoint. @param owner the class of the callback */
  save(checkpoint: Checkpoint, owner: string): void {
    checkpoint[this.#key(owner)] = { best: this.#best, checks: this.#checks }
  }

  /** Restores what `save` added, if the checkpoint has it. */
  load(checkpoint: Checkpoint, owner: string): void {
    const saved = checkpoint[this.#key(owner)] as { best: number; checks: number } | undefined
    if (saved) [this.#best, this.#checks] = [saved.best, saved.checks]
  }

  /** Returns the field of a checkpoint. As in Lightning, callbacks with another metric or mode have another one. */
  #key(owner: string): string {
    const { monitor, mode } = this.#options
    return `${owner}${JSON.stringify({ monitor, mode })}`
  }
}
