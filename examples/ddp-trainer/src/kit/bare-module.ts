import type { EvaluationBatch } from '../trainer/callback.ts'
import { Module } from '../trainer/module.ts'

/** A module whose steps do nothing. A test replaces its hooks with `Object.assign`. */
export class BareModule extends Module {
  override trainingStep(): never {
    return undefined as never
  }

  override validationStep(): void {}

  override testStep(..._batch: EvaluationBatch): void {}

  override configureOptimizers(): never {
    return undefined as never
  }
}
