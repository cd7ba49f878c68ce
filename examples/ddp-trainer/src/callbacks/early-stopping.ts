import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'
import { Callback } from '../trainer/callback.ts'
import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import { Patience, type PatienceOptions } from './patience.ts'

/** Ends a fit when a metric does not become better, or is not finite. It is checked after each validation. Rank 0 decides for all. */
export class EarlyStopping extends Callback {
  readonly #options: PatienceOptions
  readonly #patience: Patience

  constructor(options: PatienceOptions) {
    super()
    this.#options = options
    this.#patience = new Patience(options)
  }

  override async onValidationEnd(trainer: Trainer, _module: Module): Promise<void> {
    if (trainer.sanityChecking || trainer.task !== 'fit') return
    const { monitor } = this.#options
    const isDue = trainer.isGlobalZero && this.#isDue(trainer)
    if (!(await trainer.broadcast(isDue))) return
    trainer.shouldStop = true
    trainer.info(`stops early: ${monitor} is not better`, { monitor })
  }

  override onSaveCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    this.#patience.save(checkpoint, 'EarlyStopping')
  }

  override onLoadCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    this.#patience.load(checkpoint, 'EarlyStopping')
  }

  #isDue({ callbackMetrics }: Trainer): boolean {
    const isPatienceOver = this.#patience.check(callbackMetrics)
    return isPatienceOver || !Number.isFinite(callbackMetrics[this.#options.monitor])
  }
}
