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
  /** True after the last optimizer step of an epoch, until the epoch is counted. */
  isEpochDone?: boolean
}

/** What a task returns. */
export interface Output {
  rows: Row[]
  predictions: unknown[][]
}
