import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'
import { Callback } from '../trainer/callback.ts'
import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import { Patience, type PatienceOptions } from './patience.ts'

/** Ends a fit when a metric does not become better, or is not finite. It is checked after each validation. Rank 0 decides for all. */
export class EarlyStopping extends Callback {
  readonly #options: PatienceOptions
  readonly #patience: Patience

  /** @throws {RangeError} if an option has a wrong value */
  constructor(options: PatienceOptions) {
    super()
    this.#options = options
    this.#patience = new Patience('EarlyStopping', options)
  }

  override onFitStart(): void {
    this.#patience.startFit()
  }

  override async onValidationEnd(trainer: Trainer, _module: Module): Promise<void> {
    if (trainer.sanityChecking || trainer.task !== 'fit') return
    const isDue = trainer.isGlobalZero && this.#isDue(trainer)
    if (!(await trainer.broadcast(isDue))) return
    trainer.shouldStop = true
    if (trainer.isGlobalZero)
      trainer.warn(`EarlyStopping ends the fit: ${this.#reason(trainer)}`, { monitor: this.#options.monitor })
  }

  override onFitEnd(trainer: Trainer): void {
    this.#patience.endFit(trainer)
  }

  override onSaveCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    this.#patience.save(checkpoint)
  }

  override onLoadCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    this.#patience.load(checkpoint)
  }

  #isDue({ callbackMetrics }: Trainer): boolean {
    const isPatienceOver = this.#patience.check(callbackMetrics)
    return isPatienceOver || !Number.isFinite(callbackMetrics[this.#options.monitor])
  }

  #reason({ callbackMetrics }: Trainer): string {
    const { monitor, patience = 3 } = this.#options
    const value = callbackMetrics[monitor]
    if (!Number.isFinite(value)) return `${monitor} is ${value}`
    return `${monitor} is not better than ${this.#patience.best} (patience: ${patience})`
  }
}
