import type { DataLoader } from '../data/data-loader.ts'
import type { Task } from './callback.ts'

/** What the loops change in a trainer, and callbacks read. */
export class TrainerState {
  /** The loaders that were passed to `fit`. Set before `onFitStart`. */
  trainDataloader!: DataLoader
  valDataloaders: readonly DataLoader[] = []
  currentEpoch = 0
  /** Number of completed optimizer steps. */
  globalStep = 0
  /** Set it to true on all ranks to end the training after this batch. */
  shouldStop = false
  /** The task of the latest call. */
  task: Task | undefined
  /** The `ckptPath` of that call. */
  ckptPath: string | undefined
  /** True while validation batches are tried before the training. */
  sanityChecking = false
  /** True while an evaluation repeats a sample, because other ranks have one more. Its metrics count nothing. */
  isPaddingBatch = false
}
