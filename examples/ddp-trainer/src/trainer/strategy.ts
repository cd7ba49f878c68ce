import type { Batch } from '../data/data-loader.ts'
import type { Collectives } from '../ranks/collectives.ts'
import type { Module } from './module.ts'

export interface GradientClip {
  /** Largest norm of all gradients together, or largest absolute value of each number. */
  maxValue: number
  algorithm: 'norm' | 'value'
}

/** A copy of the values of one parameter. */
export interface ParameterValues {
  shape: number[]
  values: Float32Array | Int32Array | Uint8Array
}

/** Where parameters are from, for the error if the module has others: `parameter 0 is [2] <here>, but [3] <there>; <fix>`. */
export interface ParameterSource {
  here: string
  there: string
  fix: string
}

/** Computes the gradients of a module and changes its parameters. The loops call only this interface and use no tensors. */
export interface Strategy {
  /** The learning rate of the optimizer. Known after `setup` for a fit. */
  learningRate: number
  /** Prepares the module, so that all ranks have the same parameters. Calls `configureOptimizers` if `isTraining`. */
  setup(module: Module, collectives: Collectives, isTraining: boolean): Promise<void>
  /** Runs `step`, which returns the loss of one batch, and adds its gradients to those of earlier batches. */
  backward(step: () => unknown): void
  /** Averages the added gradients over their batches and over the ranks. @param what the name of this call for errors */
  averageGradients(batches: number, what: string): Promise<void>
  /** Changes the parameters by the averaged gradients, and disposes of the gradients. */
  optimizerStep(clip?: GradientClip): void
  /** Runs a step without gradients, and returns its result. All other tensors of the step are disposed of. */
  evaluate<T>(step: () => T): T
  /** Compares the parameters of all ranks. @throws {Error} if they differ; the error contains `moment` */
  verify(moment: string): Promise<void>
  /** Disposes of a batch after its last use. */
  dispose(batch: Batch): void
  /**
   * Returns the parameters. Called on rank 0 only: for a checkpoint, and after a fit if there is a parent. Without this method and the
   * next, the parent keeps its own.
   */
  readParameters?(module: Module): AsyncIterable<ParameterValues>
  /**
   * Sets the parameters of the module before `setup`: to those of a checkpoint, or in the parent to those of rank 0.
   *
   * @param source where the parameters are from. @default rank 0
   * @throws {Error} if the module has other parameters; none is changed then
   */
  writeParameters?(module: Module, parameters: readonly ParameterValues[], source?: ParameterSource): Promise<void>
  /**
   * Returns the state of the optimizer with its learning rate, for a checkpoint. It must be structured-cloneable, and undefined if
   * `configureOptimizers` was not called. Without this method and the next, there are no checkpoints.
   */
  readOptimizer?(): Promise<unknown>
  /** Restores what `readOptimizer` returned, after `setup` for a fit. @throws {Error} if it is the state of another optimizer */
  writeOptimizer?(state: unknown): Promise<void>
  /**
   * Returns the gradients of this rank that wait for an optimizer step, one for each parameter, for a checkpoint. Without this method
   * and the next, a fit that was saved within an accumulation continues without them.
   */
  readGradients?(): Promise<readonly (ParameterValues | undefined)[]>
  /** Restores what `readGradients` returned, after `setup` for a fit. */
  writeGradients?(gradients: readonly (ParameterValues | undefined)[]): void
}
