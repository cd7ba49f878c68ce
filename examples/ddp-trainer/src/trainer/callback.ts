import type { Batch } from '../data/data-loader.ts'
import type { Module } from './module.ts'
import type { Trainer } from './trainer.ts'

/**
 * Hooks that `fit` calls at each stage, in this order, on every rank. A hook of a callback runs before the module's hook of the
 * same name. Both may be async. After an exception only `onException` is called.
 */
export class Callback {
  onFitStart?(trainer: Trainer, module: Module): unknown
  onTrainStart?(trainer: Trainer, module: Module): unknown
  onTrainEpochStart?(trainer: Trainer, module: Module): unknown
  onTrainBatchStart?(trainer: Trainer, module: Module, batch: Batch, batchIdx: number): unknown
  onBeforeOptimizerStep?(trainer: Trainer, module: Module): unknown
  onTrainBatchEnd?(trainer: Trainer, module: Module, batch: Batch, batchIdx: number): unknown
  onValidationStart?(trainer: Trainer, module: Module): unknown
  onValidationEpochStart?(trainer: Trainer, module: Module): unknown
  onValidationEpochEnd?(trainer: Trainer, module: Module): unknown
  onValidationEnd?(trainer: Trainer, module: Module): unknown
  onTrainEpochEnd?(trainer: Trainer, module: Module): unknown
  onTrainEnd?(trainer: Trainer, module: Module): unknown
  onFitEnd?(trainer: Trainer, module: Module): unknown
  onException?(trainer: Trainer, module: Module, error: unknown): unknown
}

/** The names of the hooks that a module may also have. */
export type Hook = Exclude<keyof Callback, 'onException'>
