import type { Checkpoint } from '../checkpoints/checkpoint-file.ts'
import type { Batch } from '../data/data-loader.ts'
import type { EvaluationBatch, Task } from './callback.ts'

/** The hooks of a module. They are those of a callback, without the first two arguments, and run after them. */
export abstract class ModuleHooks {
  setup?(task: Task): unknown
  onFitStart?(): unknown
  onTrainStart?(): unknown
  onTrainEpochStart?(): unknown
  onTrainBatchStart?(batch: Batch, batchIdx: number): unknown
  onBeforeZeroGrad?(): unknown
  onBeforeBackward?(): unknown
  onAfterBackward?(): unknown
  onBeforeOptimizerStep?(): unknown
  onTrainBatchEnd?(batch: Batch, batchIdx: number): unknown
  onValidationStart?(): unknown
  onValidationEpochStart?(): unknown
  onValidationBatchStart?(...batch: EvaluationBatch): unknown
  onValidationBatchEnd?(...batch: EvaluationBatch): unknown
  onValidationEpochEnd?(): unknown
  onValidationEnd?(): unknown
  onTrainEpochEnd?(): unknown
  onTrainEnd?(): unknown
  onFitEnd?(): unknown
  onTestStart?(): unknown
  onTestEpochStart?(): unknown
  onTestBatchStart?(...batch: EvaluationBatch): unknown
  onTestBatchEnd?(...batch: EvaluationBatch): unknown
  onTestEpochEnd?(): unknown
  onTestEnd?(): unknown
  onPredictStart?(): unknown
  onPredictEpochStart?(): unknown
  onPredictBatchStart?(...batch: EvaluationBatch): unknown
  onPredictBatchEnd?(...batch: EvaluationBatch): unknown
  onPredictEpochEnd?(): unknown
  onPredictEnd?(): unknown
  onSaveCheckpoint?(checkpoint: Checkpoint): unknown
  /** Called before the parameters are restored and before the callbacks' hooks, so it may change the checkpoint. */
  onLoadCheckpoint?(checkpoint: Checkpoint): unknown
  teardown?(task: Task): unknown
}
