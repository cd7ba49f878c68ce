import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import { MonitorCallback } from './monitor-callback.ts'
import type { PatienceOptions } from './patience.ts'

/** Ends a fit when a metric does not become better, or is not finite. It is checked after each validation. Rank 0 decides for all. */
export class EarlyStopping extends MonitorCallback {
  readonly #options: PatienceOptions

  /** @throws {RangeError} if an option has a wrong value */
  constructor(options: PatienceOptions) {
    super('EarlyStopping', options)
    this.#options = options
  }

  override async onValidationEnd(trainer: Trainer, _module: Module): Promise<void> {
    if (trainer.sanityChecking || trainer.task !== 'fit') return
    const isDue = trainer.isGlobalZero && this.#isDue(trainer)
    if (!(await trainer.broadcast(isDue))) return
    trainer.shouldStop = true
    if (trainer.isGlobalZero)
      trainer.warn(`EarlyStopping ends the fit: ${this.#reason(trainer)}`, { monitor: this.#options.monitor })
  }

  #isDue({ callbackMetrics }: Trainer): boolean {
    const isPatienceOver = this.patience.check(callbackMetrics)
    return isPatienceOver || !Number.isFinite(callbackMetrics[this.#options.monitor])
  }

  #reason({ callbackMetrics }: Trainer): string {
    const { monitor, patience = 3 } = this.#options
    const value = callbackMetrics[monitor]
    if (!Number.isFinite(value)) return `${monitor} is ${value}`
    return `${monitor} is not better than ${this.patience.best} (patience: ${patience})`
  }
}
