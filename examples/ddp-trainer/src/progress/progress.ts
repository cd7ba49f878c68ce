/** What is in progress: an epoch of the training, or an evaluation. */
export type ProgressStage = 'train' | 'sanity check' | 'validation' | 'test' | 'predict'

/** The progress of an epoch or of an evaluation, on rank 0. */
export interface Progress {
  stage: ProgressStage
  /** Number of the epoch, from 0. */
  epoch: number
  /** -1 if there is no limit. */
  maxEpochs: number
  /** Number of completed batches. */
  batch: number
  batches: number
  /** Time since the start, without the validations of an epoch. */
  elapsedMs: number
  /** True when the epoch, with its validation, or the task is complete. */
  isDone: boolean
  metrics: Record<string, number>
}

export type ProgressStyle = 'bar' | 'lines' | 'none'
