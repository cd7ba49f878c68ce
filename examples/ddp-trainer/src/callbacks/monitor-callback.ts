import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'
import { Callback } from '../trainer/callback.ts'
import type { Module } from '../trainer/module.ts'
import type { Trainer } from '../trainer/trainer.ts'
import { Patience, type PatienceOptions } from './patience.ts'

/** A callback that monitors a metric. Its checks are part of checkpoints, and a fit without a check ends with a warning. */
export abstract class MonitorCallback extends Callback {
  protected readonly patience: Patience

  /** @param others further options of the callback. @throws {RangeError} if an option has a wrong value, or does not exist */
  constructor(name: string, options: PatienceOptions, others: Record<string, true> = {}) {
    super()
    this.patience = new Patience(name, options, others)
  }

  override onFitStart(): void {
    this.patience.startFit()
  }

  override onFitEnd(trainer: Trainer): void {
    this.patience.endFit(trainer)
  }

  override onSaveCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    this.patience.save(checkpoint)
  }

  override onLoadCheckpoint(_trainer: Trainer, _module: Module, checkpoint: Checkpoint): void {
    this.patience.load(checkpoint)
  }
}
