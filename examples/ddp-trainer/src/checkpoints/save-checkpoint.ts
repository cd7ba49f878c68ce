import { deserialize, serialize } from 'node:v8'
import type { LoopContext } from '../trainer/loop-context.ts'
import type { ParameterValues, Strategy } from '../trainer/strategy.ts'
import { type Checkpoint, writeCheckpoint } from './checkpoint-file.ts'
import type { RankState } from './fit-state.ts'
import { globalBatchSize } from './global-batch-size.ts'

/**
 * Saves the parameters, the optimizer, the epoch, the step, the global batch size, the hyperparameters, the state of the
 * loops and of each rank, and what `onSaveCheckpoint` hooks add. Every rank must call it: rank 0 needs the state of all
 * ranks, and hooks may contain collectives. Only rank 0 writes the files, all with the same content. On other ranks, hooks get a
 * checkpoint without parameters and states of ranks.
 *
 * @param context that of the latest task; undefined in the parent of the ranks
 * @throws {Error} in the parent, between the gradients of a batch and its optimizer step, and if the strategy or the optimizer cannot
 *   return its state; on rank 0, if a file cannot be written
 */
export async function saveCheckpoint(context: LoopContext | undefined, paths: readonly string[]): Promise<void> {
  if (!context)
    throw new Error(
      'Trainer: call saveCheckpoint on the ranks, in a hook or after a task; not in their parent, which has no optimizer. ' +
        'After fit, use if (trainer.globalRank >= 0)',
    )
  const { trainer, module, hooks } = context
  const state = context.fitState?.()
  const checkpoint: Checkpoint = {
    currentEpoch: state?.currentEpoch ?? trainer.currentEpoch,
    globalStep: trainer.globalStep,
    globalBatchSize: globalBatchSize(context),
    hparams: module.hparams,
    ...(await readState(context)),
    position: state?.position,
    ...(await gatherRanks(context)),
  }
  await hooks.call('onSaveCheckpoint', checkpoint)
  if (trainer.isGlobalZero) for (const path of paths) await writeCheckpoint(path, checkpoint)
}

/** Returns the state of all ranks on rank 0, and nothing on other ranks. */
async function gatherRanks(context: LoopContext): Promise<Pick<Checkpoint, 'ranks'>> {
  const { trainer, collectives, strategy, random, fitState } = context
  const state = fitState?.()
  const isAccumulating = state !== undefined && state.position.accumulated > 0
  const mine: RankState = {
    random: state?.random ?? random.state,
    metrics: state?.metrics,
    gradients: isAccumulating ? await strategy.readGradients?.() : undefined,
  }
  const ranks = await collectives.allGather(serialize(mine), { what: 'saves a checkpoint' })
  return trainer.isGlobalZero ? { ranks: ranks.map((bytes): RankState => deserialize(bytes)) } : {}
}

/** Returns the parameters on rank 0, and the optimizer on every rank: if it cannot be saved, all ranks reject. */
async function readState(context: LoopContext): Promise<Pick<Checkpoint, 'parameters' | 'optimizer'>> {
  const { trainer, strategy, module } = context
  const { readParameters, readOptimizer }: Strategy = strategy
  if (!readParameters || !readOptimizer)
    throw new Error('Trainer: saveCheckpoint needs a strategy with the methods readParameters and readOptimizer')
  const parameters: ParameterValues[] = []
  if (trainer.isGlobalZero)
    for await (const parameter of readParameters.call(strategy, module)) parameters.push(parameter)
  return { parameters, optimizer: await readOptimizer.call(strategy) }
}
