import { setImmediate } from 'node:timers/promises'
import type { Batch, DataLoader, Shard } from '../data/data-loader.ts'

/** A batch of one rank. */
export interface LoadedBatch {
  index: number
  batch: Batch
  /** Number of samples. 0 if only other ranks have some: the batch then repeats one sample. */
  size: number
  isLast: boolean
}

export interface BatchOptions {
  epoch: number
  shard: Shard
  /** Number of batches of an epoch; see {@link countBatches}. */
  count: number
  dispose(batch: Batch): void
  /** False ends before a batch in which this rank has no sample. @default true */
  isPadded?: boolean
}

/** Yields this rank's batches. Disposes of each when the next one is requested, or when the loop ends. */
export async function* loadBatches(
  loader: DataLoader,
  { epoch, shard, count, dispose, isPadded = true }: BatchOptions,
): AsyncGenerator<LoadedBatch> {
  let index = 0
  if (count === 0) return
  for (const indices of loader.indices(epoch, shard)) {
    if (indices.length === 0 && !isPadded) return
    const batch = loader.dataset.batch(indices.length > 0 ? indices : [0])
    try {
      yield { index, batch, size: indices.length, isLast: index + 1 === count }
    } finally {
      dispose(batch)
      await setImmediate() // a single rank has no other await that lets the event loop turn
    }
    index++
    if (index === count) return
  }
}

/**
 * Returns the number of batches of each rank in an epoch.
 *
 * @param limit a fraction of the batches if it is below 1, else a number of batches; undefined means all
 * @throws {RangeError} if the limit is not a number of batches, or leaves none although it is not 0
 */
export function countBatches(
  loader: DataLoader,
  shard: Omit<Shard, 'rank'>,
  limit: number | undefined,
  option: string,
): number {
  const all = loader.count(shard)
  if (limit === undefined) return all
  if (!(limit >= 0 && (limit < 1 || Number.isInteger(limit))))
    throw new RangeError(`Trainer: ${option} must be a number of batches, or a fraction below 1, not ${limit}`)
  const count = limit < 1 ? Math.floor(all * limit) : Math.min(all, limit)
  if (count === 0 && limit > 0 && all > 0)
    throw new RangeError(`Trainer: ${option} is ${limit}, which leaves none of ${all} batches`)
  return count
}
