import type * as tf from '@tensorflow/tfjs'
import { rejectUnknownOptions, text } from '../options/known-options.ts'
import { permutation } from './random.ts'

/** Inputs and targets of a batch. The first dimension of both is the batch size. */
export type Batch = [x: tf.Tensor, y: tf.Tensor]

export interface Dataset {
  readonly length: number
  /** Returns these samples as tensors on the current backend. The caller must dispose of them. */
  batch(indices: readonly number[]): Batch
}

export interface DataLoaderOptions {
  /** Number of samples in a batch of one rank. The last batch of an epoch may be smaller. */
  batchSize?: number
  /**
   * Number of samples in a batch of all ranks together, in place of `batchSize`. Each rank gets the same part, so it
   * must be a multiple of the number of ranks.
   */
  globalBatchSize?: number
  /** True orders the samples anew in each epoch, by `seed`. @default false */
  shuffle?: boolean
  /** Seed of the order. @default 0 */
  seed?: number
  /**
   * True repeats samples in training, so that all ranks get the same number and none is dropped, as PyTorch's
   * DistributedSampler does. Gradients and metrics of the training then count them twice. @default false
   */
  repeatSamples?: boolean
}

/** All options, so that others are rejected. */
const names: Record<keyof Required<DataLoaderOptions>, true> = {
  batchSize: true,
  globalBatchSize: true,
  shuffle: true,
  seed: true,
  repeatSamples: true,
}

/** One loader, or several, whose metrics then end in `/dataloader_idx_N`. */
export type DataLoaders = DataLoader | readonly DataLoader[]

/** The part of the samples that one rank gets. */
export interface Shard {
  rank: number
  worldSize: number
  /** True uses every sample once, as an evaluation does, so that some ranks get one more than others. @default false */
  isUneven?: boolean
}

/**
 * Divides the samples of each epoch among the ranks, and each rank's samples into batches. Sample k of the epoch's order belongs to
 * rank `k % worldSize`. So N ranks with batch size B use the same samples in each step as one process with batch
 * size N × B.
 *
 * In training all ranks get the same number of samples: unless `repeatSamples` is true, the last `length % worldSize`
 * samples are dropped. In validation, tests and predictions every sample is used once.
 */
export class DataLoader {
  readonly dataset: Dataset
  /** Undefined if `globalBatchSize` is given; see {@link DataLoader.batchSizeOf}. */
  readonly batchSize: number | undefined
  readonly #globalBatchSize: number | undefined
  readonly #seed: number | undefined
  readonly #repeatSamples: boolean

  /** @throws {RangeError} if a number is not whole or out of its range, or if not exactly one batch size is given */
  constructor(dataset: Dataset, options: DataLoaderOptions) {
    rejectUnknownOptions('DataLoader', options, names)
    const { batchSize, globalBatchSize, shuffle = false, seed = 0, repeatSamples = false } = options
    if ((batchSize === undefined) === (globalBatchSize === undefined))
      throw new RangeError(
        `DataLoader: give batchSize or globalBatchSize, not ${batchSize === undefined ? 'neither' : 'both'}`,
      )
    for (const [name, value] of Object.entries({ batchSize, globalBatchSize }))
      if (value !== undefined && !(Number.isInteger(value) && value >= 1))
        throw new RangeError(`DataLoader: ${name} must be a whole number >= 1, not ${text(value)}`)
    if (!Number.isInteger(seed)) throw new RangeError(`DataLoader: seed must be a whole number, not ${text(seed)}`)
    this.dataset = dataset
    this.batchSize = batchSize
    this.#globalBatchSize = globalBatchSize
    this.#seed = shuffle ? seed : undefined
    this.#repeatSamples = repeatSamples
  }

  /** Returns the batch size of one rank. @throws {RangeError} if `globalBatchSize` is not a multiple of `worldSize` */
  batchSizeOf(worldSize: number): number {
    if (this.batchSize !== undefined) return this.batchSize
    const size = (this.#globalBatchSize as number) / worldSize
    if (Number.isInteger(size)) return size
    throw new RangeError(
      `DataLoader: globalBatchSize ${this.#globalBatchSize} cannot be divided among ${worldSize} ranks; ` +
        `use a multiple of ${worldSize}`,
    )
  }

  /** Returns the number of batches, which is the same on all ranks. */
  count(shard: Omit<Shard, 'rank'>): number {
    return Math.ceil(this.#largestShare(shard) / this.batchSizeOf(shard.worldSize))
  }

  /** Yields the samples of each batch of this shard. The last batch of an uneven shard may be empty. */
  *indices(epoch: number, shard: Shard): Generator<number[]> {
    const { length } = this.dataset
    const { rank, worldSize, isUneven = false } = shard
    const order =
      this.#seed === undefined
        ? Array.from({ length }, (_, index) => index)
        : permutation(length, this.#seed + epoch * 0x9e37)
    const share = isUneven ? Math.ceil((length - rank) / worldSize) : this.#largestShare(shard)
    const mine = Array.from({ length: share }, (_, turn) => order[(turn * worldSize + rank) % length] as number)
    const [size, count] = [this.batchSizeOf(worldSize), this.count(shard)]
    for (let index = 0; index < count; index++) yield mine.slice(index * size, (index + 1) * size)
  }

  /** Returns the number of samples of the rank that has most. */
  #largestShare({ worldSize, isUneven = this.#repeatSamples }: Omit<Shard, 'rank'>): number {
    const share = this.dataset.length / worldSize
    return isUneven ? Math.ceil(share) : Math.floor(share)
  }
}
