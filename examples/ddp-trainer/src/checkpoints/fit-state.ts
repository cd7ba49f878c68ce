import type { SavedMetrics } from '../metrics/metrics.ts'
import type { ParameterValues } from '../trainer/strategy.ts'

/** What decides which samples each batch of an epoch has, besides the number of ranks. It is the same on all ranks. */
export interface EpochShape {
  /** Number of batches in an epoch. */
  batchesOfEpoch: number
  /** Number of samples in a batch of one rank. */
  batchSize: number
  /** Number of batches whose gradients make one optimizer step. */
  accumulateGradBatches: number
}

/** Where in an epoch a fit continues. It is the same on all ranks. */
export interface FitPosition extends EpochShape {
  /** True if the hooks at the start of the epoch have run. */
  isStarted: boolean
  /** Number of batches of the epoch whose gradients were computed. */
  batches: number
  /** What remains to be done after the last of them: its row, then its validation, then the end of its step. */
  remaining: 'row' | 'validation' | 'step' | 'nothing'
  /** Number of these batches whose gradients wait for an optimizer step. */
  accumulated: number
  /** Number of the step that the next row has. */
  step: number
  /** Number of batches of each validation loader that were evaluated before. */
  validationBatches: number[]
}

/** What only one rank knows. */
export interface RankState {
  /** State of the generator of `trainer.random()`. */
  random: number
  /** Undefined if there was no fit. */
  metrics: SavedMetrics | undefined
  /** The gradients that wait for an optimizer step, one for each parameter. Undefined if there are none. */
  gradients: readonly (ParameterValues | undefined)[] | undefined
}

/** The state of the loops of a fit on one rank. */
export interface FitState {
  currentEpoch: number
  position: FitPosition
  metrics: SavedMetrics
  /** State of the generator of `trainer.random()`. */
  random: number
}
