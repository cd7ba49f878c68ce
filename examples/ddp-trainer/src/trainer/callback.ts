import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'
import type { Batch } from '../data/data-loader.ts'
import type { Module } from './module.ts'
import type { Trainer } from './trainer.ts'

/** A call of the trainer. */
export type Task = 'fit' | 'validate' | 'test' | 'predict'

/**
 * Hooks that the trainer calls at each stage, in this order, on every rank. A hook of a callback runs before the module's hook of the
 * same name. All may be async, except `onBeforeZeroGrad` and `onBeforeBackward`, which run under the gradient tape. After an exception
 * only `onException` is called.
 */
export class Callback {
  setup?(trainer: Trainer, module: Module, task: Task): unknown
  onFitStart?(trainer: Trainer, module: Module): unknown
  onSanityCheckStart?(trainer: Trainer, module: Module): unknown
  onSanityCheckEnd?(trainer: Trainer, module: Module): unknown

  onTrainStart?(trainer: Trainer, module: Module): unknown
  onTrainEpochStart?(trainer: Trainer, module: Module): unknown
  onTrainBatchStart?(trainer: Trainer, module: Module, batch: Batch, batchIdx: number): unknown
  /** Called after the training step of the first of the batches whose gradients are added. */
  onBeforeZeroGrad?(trainer: Trainer, module: Module): unknown
  onBeforeBackward?(trainer: Trainer, module: Module): unknown
  onAfterBackward?(trainer: Trainer, module: Module): unknown
  onBeforeOptimizerStep?(trainer: Trainer, module: Module): unknown
  onTrainBatchEnd?(trainer: Trainer, module: Module, batch: Batch, batchIdx: number): unknown

  onValidationStart?(trainer: Trainer, module: Module): unknown
  onValidationEpochStart?(trainer: Trainer, module: Module): unknown
  onValidationBatchStart?(trainer: Trainer, module: Module, ...batch: EvaluationBatch): unknown
  onValidationBatchEnd?(trainer: Trainer, module: Module, ...batch: EvaluationBatch): unknown
  onValidationEpochEnd?(trainer: Trainer, module: Module): unknown
  onValidationEnd?(trainer: Trainer, module: Module): unknown

  onTrainEpochEnd?(trainer: Trainer, module: Module): unknown
  onTrainEnd?(trainer: Trainer, module: Module): unknown
  onFitEnd?(trainer: Trainer, module: Module): unknown

  onTestStart?(trainer: Trainer, module: Module): unknown
  onTestEpochStart?(trainer: Trainer, module: Module): unknown
  onTestBatchStart?(trainer: Trainer, module: Module, ...batch: EvaluationBatch): unknown
  onTestBatchEnd?(trainer: Trainer, module: Module, ...batch: EvaluationBatch): unknown
  onTestEpochEnd?(trainer: Trainer, module: Module): unknown
  onTestEnd?(trainer: Trainer, module: Module): unknown

  onPredictStart?(trainer: Trainer, module: Module): unknown
  onPredictEpochStart?(trainer: Trainer, module: Module): unknown
  onPredictBatchStart?(trainer: Trainer, module: Module, ...batch: EvaluationBatch): unknown
  onPredictBatchEnd?(trainer: Trainer, module: Module, ...batch: EvaluationBatch): unknown
  onPredictEpochEnd?(trainer: Trainer, module: Module): unknown
  onPredictEnd?(trainer: Trainer, module: Module): unknown

  /** Called by `saveCheckpoint` on every rank. It may add fields. Only on rank 0 the checkpoint has `parameters` and `ranks`. */
  onSaveCheckpoint?(trainer: Trainer, module: Module, checkpoint: Checkpoint): unknown
  /** Called after `setup`, if the task has a `ckptPath`, when the module has the parameters of the checkpoint. */
  onLoadCheckpoint?(trainer: Trainer, module: Module, checkpoint: Checkpoint): unknown

  teardown?(trainer: Trainer, module: Module, task: Task): unknown
  onException?(trainer: Trainer, module: Module, error: unknown): unknown
}

/** `dataloaderIdx` is the number of the loader, 0 if there is only one. */
export type EvaluationBatch = [batch: Batch, batchIdx: number, dataloaderIdx: number]

export type Hook = Exclude<keyof Callback, 'onException'>

/** The arguments of a hook after the trainer and the module. */
export type HookArguments<H extends Hook> =
  Parameters<NonNullable<Callback[H]>> extends [Trainer, Module, ...infer Rest] ? Rest : never
