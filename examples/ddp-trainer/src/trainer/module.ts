import * as tf from '@tensorflow/tfjs'
import type { Batch } from '../data/data-loader.ts'
import type { LogOptions } from '../metrics/metrics.ts'
import type { Trainer } from './trainer.ts'

/** A model, and how it is trained. Its hooks are those of a callback, without the first two arguments. */
export abstract class Module {
  /** Set by `trainer.fit`. */
  trainer!: Trainer

  /** Returns the loss of one batch. It must be synchronous, because it runs under the gradient tape, which disposes of its tensors. */
  abstract trainingStep(batch: Batch, batchIdx: number): tf.Scalar
  abstract configureOptimizers(): tf.Optimizer
  validationStep?(batch: Batch, batchIdx: number): unknown

  onFitStart?(): unknown
  onTrainStart?(): unknown
  onTrainEpochStart?(): unknown
  onTrainBatchStart?(batch: Batch, batchIdx: number): unknown
  onBeforeOptimizerStep?(): unknown
  onTrainBatchEnd?(batch: Batch, batchIdx: number): unknown
  onValidationStart?(): unknown
  onValidationEpochStart?(): unknown
  onValidationEpochEnd?(): unknown
  onValidationEnd?(): unknown
  onTrainEpochEnd?(): unknown
  onTrainEnd?(): unknown
  onFitEnd?(): unknown

  get currentEpoch(): number {
    return this.trainer.currentEpoch
  }

  /** Number of completed optimizer steps. */
  get globalStep(): number {
    return this.trainer.globalStep
  }

  /** Returns the variables in the fields of this module, and those of layers and modules in its fields, in their order. */
  parameters(): tf.Variable[] {
    return Object.values(this).flatMap((field) => {
      if (field instanceof tf.Variable) return [field]
      return field instanceof Object && field !== this.trainer && 'parameters' in field ? field.parameters() : []
    })
  }

  /** See {@link Trainer.log}. */
  log(name: string, value: number | tf.Tensor, options?: LogOptions): void {
    this.trainer.log(name, value, options)
  }
}
