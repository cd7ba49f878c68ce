import { mixSeeds } from '../data/random.ts'
import type { LoopContext } from '../trainer/loop-context.ts'
import { type Checkpoint, readCheckpoint } from './checkpoint-file.ts'
import { findCheckpoint } from './ckpt-path.ts'
import { checkGlobalBatchSize } from './global-batch-size.ts'

/**
 * Reads the checkpoint of the task on every rank, and restores the parameters of the module. As in Lightning, the `onLoadCheckpoint` of
 * the module runs before that, because it may change the checkpoint, and those of the callbacks run after it. Without a `ckptPath` it
 * returns undefined.
 *
 * @throws {Error} if the file cannot be used, differs between ranks, or has other parameters than the module; the module keeps its
 *   parameters then
 */
export async function loadCheckpoint(context: LoopContext): Promise<Checkpoint | undefined> {
  const { trainer, module, hooks, strategy, options } = context
  const path = await findCheckpoint(context, trainer.ckptPath)
  trainer.ckptPath = path
  if (path === undefined) return undefined
  if (!strategy.writeParameters || !strategy.writeOptimizer)
    throw new Error('Trainer: ckptPath needs a strategy with the methods writeParameters and writeOptimizer')
  const checkpoint = await readSameFile(context, path)
  if (trainer.task === 'fit') {
    checkProgress(context, checkpoint, path)
    checkGlobalBatchSize(context, checkpoint)
  }
  await hooks.run('onLoadCheckpoint', () => module.onLoadCheckpoint?.(checkpoint))
  const source = { here: 'here', there: `in the checkpoint ${path}`, fix: 'use the module that was saved' }
  await strategy.writeParameters(module, checkpoint.parameters, source)
  for (const callback of options.callbacks ?? [])
    await hooks.run('onLoadCheckpoint', () => callback.onLoadCheckpoint?.(trainer, module, checkpoint))
  return checkpoint
}

/**
 * Restores what only a fit continues: the optimizer, the epoch, the step and the random numbers of this rank. Sets
 * `context.resumed`, from which the loop of the fit restores its position in the epoch, metrics and gradients. Call it after
 * `configureOptimizers`. With another number of ranks, the epoch and the random numbers of each rank start anew.
 */
export async function resumeFit(context: LoopContext, checkpoint: Checkpoint): Promise<void> {
  const { trainer, strategy, collectives, random } = context
  try {
    await strategy.writeOptimizer?.(checkpoint.optimizer)
  } catch (error) {
    const { message } = error as Error
    throw new Error(`Trainer: cannot restore the optimizer of the checkpoint ${trainer.ckptPath}: ${message}`, {
      cause: error,
    })
  }
  trainer.currentEpoch = checkpoint.currentEpoch
  trainer.globalStep = checkpoint.globalStep
  const { position, ranks = [] } = checkpoint // an older file has none
  const { rank: number, worldSize } = collectives
  const rank = ranks.length === worldSize ? ranks[number] : undefined
  if (rank) random.state = rank.random
  else random.state = mixSeeds(random.state, trainer.globalStep)
  if (position) context.resumed = { worldSize: ranks.length, position, rank }
}

/** Reads the file on every rank. @throws {Error} if this rank and rank 0 read different files, for example on the disks of two hosts */
async function readSameFile({ collectives }: LoopContext, path: string): Promise<Checkpoint> {
  const { checkpoint, hash } = await readCheckpoint(path, collectives.rank)
  const [hashOfRankZero] = await collectives.allGather(hash, { what: 'reads a checkpoint' })
  if (!hash.equals(hashOfRankZero as Uint8Array))
    throw new Error(
      `Trainer: rank ${collectives.rank} read another checkpoint from ${path} than rank 0; put the file on a disk that all hosts share`,
    )
  return checkpoint
}

/** @throws {Error} if a fit cannot continue from the checkpoint */
function checkProgress({ trainer }: LoopContext, { optimizer, currentEpoch }: Checkpoint, path: string): void {
  const { maxEpochs } = trainer
  if (optimizer === undefined)
    throw new Error(`Trainer: the checkpoint ${path} has no optimizer state, because it was saved before the first fit`)
  if (maxEpochs >= 0 && currentEpoch > maxEpochs)
    throw new RangeError(
      `Trainer: maxEpochs must be at least ${currentEpoch}, the epochs of the checkpoint ${path}, not ${maxEpochs}`,
    )
}
