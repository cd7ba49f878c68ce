import type { LoopContext } from '../trainer/loop-context.ts'
import type { ParameterValues, Strategy } from '../trainer/strategy.ts'
import { type Checkpoint, writeCheckpoint } from './checkpoint-file.ts'
import { globalBatchSize } from './global-batch-size.ts'

/**
 * Saves the parameters, the optimizer, the epoch, the step, the global batch size, the hyperparameters and what
 * `onSaveCheckpoint` hooks add. Every rank must call it, because hooks may contain collectives. Only rank 0 writes the
 * file. Gradients that are not yet applied are not saved.
 *
 * @param context that of the latest task; undefined in the parent of the ranks
 * @throws {Error} in the parent, and if the strategy or the optimizer cannot return its state; on rank 0, if the file cannot be written
 */
export async function saveCheckpoint(context: LoopContext | undefined, path: string): Promise<void> {
  if (!context)
    throw new Error(
      'Trainer: call saveCheckpoint on the ranks, in a hook or after a task; not in their parent, which has no optimizer. ' +
        'After fit, use if (trainer.globalRank >= 0)',
    )
  const { trainer, module, hooks, strategy, isEpochDone } = context
  const checkpoint: Checkpoint = {
    currentEpoch: trainer.currentEpoch + (isEpochDone ? 1 : 0),
    globalStep: trainer.globalStep,
    globalBatchSize: globalBatchSize(context),
    hparams: module.hparams,
    ...(await readState(strategy, context)),
  }
  await hooks.call('onSaveCheckpoint', checkpoint)
  if (trainer.isGlobalZero) await writeCheckpoint(path, checkpoint)
}

async function readState(
  { readParameters, readOptimizer }: Strategy,
  { strategy, module }: LoopContext,
): Promise<Pick<Checkpoint, 'parameters' | 'optimizer'>> {
  if (!readParameters || !readOptimizer)
    throw new Error('Trainer: saveCheckpoint needs a strategy with the methods readParameters and readOptimizer')
  const parameters: ParameterValues[] = []
  for await (const parameter of readParameters.call(strategy, module)) parameters.push(parameter)
  return { parameters, optimizer: await readOptimizer.call(strategy) }
}
