import type { FitPosition, FitState, RankState } from '../checkpoints/fit-state.ts'
import type { Interrupt } from '../checkpoints/interrupt.ts'
import type { RandomGenerator } from '../data/random.ts'
import type { Metrics, Row } from '../metrics/metrics.ts'
import type { ProgressReport } from '../progress/progress-report.ts'
import type { Collectives } from '../ranks/collectives.ts'
import type { Hooks } from './hooks.ts'
import type { Module } from './module.ts'
import type { Strategy } from './strategy.ts'
import type { Trainer } from './trainer.ts'
import type { TrainerOptions } from './trainer-options.ts'

/** The objects that a loop uses. */
export interface LoopContext {
  trainer: Trainer
  module: Module
  hooks: Hooks
  metrics: Metrics
  strategy: Strategy
  collectives: Collectives
  progress: ProgressReport
  options: TrainerOptions
  interrupt: Interrupt
  /** The generator of `trainer.random()`. */
  random: RandomGenerator
  /** Returns the state of the loops, during and after a fit. @throws {Error} where it cannot be saved */
  fitState?: () => FitState
  /** What a fit continues with. */
  resumed?: { worldSize: number; position: FitPosition; rank: RankState | undefined }
}

/** What a task returns. */
export interface Output {
  rows: Row[]
  predictions: unknown[][]
}
