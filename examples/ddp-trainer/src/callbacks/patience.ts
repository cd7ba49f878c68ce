import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'
import { rejectUnknownOptions } from '../options/known-options.ts'
import type { Trainer } from '../trainer/trainer.ts'

export interface PatienceOptions {
  /** The metric to watch, by its name in `trainer.callbackMetrics`. */
  monitor: string
  /** 'min' if a smaller value is better, else 'max'. @default 'min' */
  mode?: 'min' | 'max'
  /** Number of checks without a new best value after which the callback acts, at least 1. @default 3 */
  patience?: number
  /** A value is better only if it differs from the best one by more than this. @default 0 */
  minDelta?: number
}

/** All options, so that others are rejected. */
const names: Record<keyof Required<PatienceOptions>, true> = {
  monitor: true,
  mode: true,
  patience: true,
  minDelta: true,
}

/** Counts the checks of a metric since its best value. */
export class Patience {
  readonly #owner: string
  readonly #options: Required<PatienceOptions>
  #best: number
  #checks = 0
  #isChecked = false

  /**
   * @param owner the class of the callback
   * @param others further options that the callback has
   * @throws {RangeError} if an option has a wrong value
   */
  constructor(owner: string, options: PatienceOptions, others: Record<string, true> = {}) {
    rejectUnknownOptions(owner, options, { ...names, ...others })
    const { monitor, mode = 'min', patience = 3, minDelta = 0 } = options
    if (typeof monitor !== 'string')
      throw new RangeError(`${owner}: monitor must be the name of a metric, not ${monitor}`)
    if (mode !== 'min' && mode !== 'max') throw new RangeError(`${owner}: mode must be 'min' or 'max', not '${mode}'`)
    if (!(Number.isInteger(patience) && patience >= 1))
      throw new RangeError(`${owner}: patience must be a whole number >= 1, not ${patience}`)
    if (!(Number.isFinite(minDelta) && minDelta >= 0))
      throw new RangeError(`${owner}: minDelta must be a number >= 0, not ${minDelta}`)
    this.#owner = owner
    this.#options = { monitor, mode, patience, minDelta }
    this.#best = mode === 'min' ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY
  }

  /** The best value until now. Infinity or -Infinity before the first check. */
  get best(): number {
    return this.#best
  }

  /** Must be called at the start of a fit. */
  startFit(): void {
    this.#isChecked = false
  }

  /** Must be called at the end of a fit. Warns if the metric was not checked in it. */
  endFit(trainer: Trainer): void {
    if (this.#isChecked || !trainer.isGlobalZero) return
    const { monitor } = this.#options
    trainer.warn(
      `${this.#owner} did not check '${monitor}', because no validation has run. Pass validation data to fit, and ` +
        'write a validationStep in the module',
    )
  }

  /**
   * Adds a check. Returns true, and starts again from 0, after `patience` checks without a new best value. A value that is not finite is
   * never the best.
   *
   * @throws {Error} if there is no such metric
   */
  check(metrics: Readonly<Record<string, number>>): boolean {
    const { monitor, mode, patience, minDelta } = this.#options
    this.#isChecked = true
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

  /** Adds the best value and the number of checks to a checkpoint. */
  save(checkpoint: Checkpoint): void {
    checkpoint[this.#key] = { best: this.#best, checks: this.#checks }
  }

  /** Restores what `save` added, if the checkpoint has it. */
  load(checkpoint: Checkpoint): void {
    const saved = checkpoint[this.#key] as { best: number; checks: number } | undefined
    if (saved) [this.#best, this.#checks] = [saved.best, saved.checks]
  }

  /** The field of a checkpoint. As in Lightning, callbacks with another metric or mode have another one. */
  get #key(): string {
    const { monitor, mode } = this.#options
    return `${this.#owner}${JSON.stringify({ monitor, mode })}`
  }
}
