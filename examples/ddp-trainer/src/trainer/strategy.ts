import type { Batch } from '../data/data-loader.ts'
import type { Ring } from '../ranks/ring.ts'
import type { Module } from './module.ts'

export interface GradientClip {
  /** Largest norm of all gradients together, or largest absolute value of each number. */
  maxValue: number
  algorithm: 'norm' | 'value'
}

/** Computes the gradients of a module and changes its parameters. The loops do not know how, and know no tensors. */
export interface Strategy {
  /** The learning rate of the optimizer. Known after `setup` for a fit. */
  learningRate: number
  /** Prepares the module, so that all ranks have the same parameters. Calls `configureOptimizers` if `isTraining`. */
  setup(module: Module, ring: Ring, isTraining: boolean): Promise<void>
  /** Runs `step`, which returns the loss of one batch, and adds its gradients to those of earlier batches. */
  backward(step: () => unknown): void
  /** Averages the added gradients over their batches and over the ranks. @param what the name of this call for errors */
  averageGradients(batches: number, what: string): Promise<void>
  /** Changes the parameters by the averaged gradients, and forgets the gradients. */
  optimizerStep(clip?: GradientClip): void
  /** Runs a step without gradients, and returns its result. All other tensors of the step are disposed of. */
  evaluate<T>(step: () => T): T
  /** Compares the parameters of all ranks. @throws {Error} if they differ; the error contains `moment` */
  verify(moment: string): Promise<void>
  /** Disposes of a batch after its last use. */
  dispose(batch: Batch): void
}
