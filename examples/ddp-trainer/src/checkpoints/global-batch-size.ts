import type { LoopContext } from '../trainer/loop-context.ts'
import type { Checkpoint } from './checkpoint-file.ts'

/** Returns the number of samples of all ranks in an optimizer step. Undefined if the trainer has made no fit. */
export function globalBatchSize({ trainer, collectives, options }: LoopContext): number | undefined {
  const { worldSize } = collectives
  const { accumulateGradBatches = 1 } = options
  return trainer.trainDataloader && worldSize * trainer.trainDataloader.batchSizeOf(worldSize) * accumulateGradBatches
}

/**
 * A fit may continue on another number of ranks, but only with the same global batch size: with another one, the steps
 * of the checkpoint, its learning rate and the state of its optimizer no longer fit the batches.
 *
 * @throws {RangeError} if this fit has another global batch size than the checkpoint
 */
export function checkGlobalBatchSize(context: LoopContext, { globalBatchSize: saved }: Checkpoint): void {
  const own = globalBatchSize(context)
  if (saved === undefined || own === undefined || saved === own) return
  const { trainer, collectives, options } = context
  const { worldSize } = collectives
  const { accumulateGradBatches = 1 } = options
  const batchSize = trainer.trainDataloader.batchSizeOf(worldSize)
  const product = `worldSize ${worldSize} × batchSize ${batchSize} × accumulateGradBatches ${accumulateGradBatches}`
  throw new RangeError(
    `Trainer: the checkpoint ${trainer.ckptPath} has the global batch size ${saved}, ` +
      `but this fit has ${own} (${product}); ${fix(saved / accumulateGradBatches, worldSize)}`,
  )
}

/** @param loaded number of samples that all ranks together should load in a batch */
function fix(loaded: number, worldSize: number): string {
  if (!Number.isInteger(loaded / worldSize)) return 'use another number of ranks or another accumulateGradBatches'
  return `set batchSize: ${loaded / worldSize} or globalBatchSize: ${loaded} of the training DataLoader`
}
