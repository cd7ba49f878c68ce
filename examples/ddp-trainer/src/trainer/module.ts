import type * as tf from '@tensorflow/tfjs'
import type { Batch } from '../data/data-loader.ts'
import type { LogOptions } from '../metrics/log-options.ts'
import type { Loggable } from '../metrics/metrics.ts'
import { ModuleHooks } from './module-hooks.ts'
import type { Trainer } from './trainer.ts'

/** A model, and how it is trained. */
export abstract class Module extends ModuleHooks {
  /** Set by the trainer. */
  trainer!: Trainer
  /** What `saveHyperparameters` saved. The trainer logs them when a fit starts. */
  hparams: Record<string, unknown> | undefined

  /** Returns the loss of one batch. It must be synchronous, because it runs under the gradient tape, which disposes of its tensors. */
  abstract trainingStep(batch: Batch, batchIdx: number): tf.Scalar
  abstract configureOptimizers(): tf.Optimizer
  validationStep?(batch: Batch, batchIdx: number, dataloaderIdx: number): unknown
  testStep?(batch: Batch, batchIdx: number, dataloaderIdx: number): unknown
  /** Returns the prediction. Its tensors are the caller's to dispose of. */
  predictStep?(batch: Batch, batchIdx: number, dataloaderIdx: number): unknown

  get currentEpoch(): number {
    return this.trainer.currentEpoch
  }

  /** Number of completed optimizer steps. */
  get globalStep(): number {
    return this.trainer.globalStep
  }

  /**
   * Returns the variables in the public fields of this module, and those of layers, modules, arrays, plain objects, Maps and Sets in its
   * fields, in their order and each once. Private fields (`#a`) and tf.layers are not found: override this method to add their variables.
   */
  parameters(): tf.Variable[] {
    const seen = new Set<unknown>([this])
    return Object.values(this).flatMap((field) => [...variablesIn(field, seen)])
  }

  /** Saves hyperparameters in `hparams`. Call it in the constructor. Later values replace earlier ones of the same name. */
  saveHyperparameters(hparams: Record<string, unknown>): void {
    this.hparams = { ...this.hparams, ...hparams }
  }

  /** See {@link Trainer.log}. Without a trainer it does nothing, so that a module can be used alone. */
  log(name: string, value: Loggable, options?: LogOptions): void {
    this.trainer?.log(name, value, options)
  }

  /** See {@link Trainer.random}. @throws {Error} before the module has a trainer */
  random(): number {
    if (!this.trainer) throw new Error('random() of a module needs a trainer: call it in a hook or a step')
    return this.trainer.random()
  }

  /** Logs several metrics with the same options. */
  logDict(metrics: Record<string, Loggable>, options?: LogOptions): void {
    for (const [name, value] of Object.entries(metrics)) this.log(name, value, options)
  }
}

/** Yields the variables in a value, without those in `seen`. Adds all objects in the value to `seen`. */
function* variablesIn(value: unknown, seen: Set<unknown>): Generator<tf.Variable> {
  if (Object(value) !== value || seen.has(value)) return
  seen.add(value)
  const object = value as object
  if ('trainable' in object && 'assign' in object) yield object as tf.Variable
  else for (const part of partsOf(object)) yield* variablesIn(part, seen)
}

function partsOf(object: object): Iterable<unknown> {
  const isModule = object instanceof Module && object.parameters === Module.prototype.parameters
  if (!isModule && 'parameters' in object && typeof object.parameters === 'function') return object.parameters()
  if (Array.isArray(object) || object instanceof Map || object instanceof Set) return object.values()
  const prototype = Object.getPrototypeOf(object)
  return isModule || prototype === Object.prototype || prototype === null ? Object.values(object) : []
}
