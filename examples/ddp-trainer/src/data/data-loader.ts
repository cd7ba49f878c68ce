import type * as tf from '@tensorflow/tfjs'
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
  batchSize: number
  /** True orders the samples anew in each epoch, by `seed`. @default false */
  shuffle?: boolean
  /** Seed of the order. @default 0 */
  seed?: number
  /**
   * True repeats samples, so that all ranks get the same number and none is dropped, as PyTorch's DistributedSampler does. Means then
   * count the repeated samples twice. @default false
   */
  repeatSamples?: boolean
}

/** One loader, or several, whose metrics then end in `/dataloader_idx_N`. */
export type DataLoaders = DataLoader | readonly DataLoader[]

/** The part of the samples that one rank gets. */
export interface Shard {
  rank: number
  worldSize: number
}

/**
 * Divides the samples of each epoch among the ranks, and each rank's samples into batches. Sample k of the epoch's order belongs to
 * rank `k % worldSize`. So N ranks with batch size B use the same samples in each step as one process with batch size N × B. All
 * ranks get the same number of samples: unless `repeatSamples` is true, the last `length % worldSize` samples are dropped.
 */
export class DataLoader {
  readonly dataset: Dataset
  readonly batchSize: number
  readonly #seed: number | undefined
  readonly #repeatSamples: boolean

  /** @throws {RangeError} if `batchSize` or `seed` is not a whole number in its range */
  constructor(dataset: Dataset, { batchSize, shuffle = false, seed = 0, repeatSamples = false }: DataLoaderOptions) {
    if (!(Number.isInteger(batchSize) && batchSize >= 1))
      throw new RangeError(`DataLoader: batchSize must be a whole number >= 1, not ${batchSize}`)
    if (!Number.isInteger(seed)) throw new RangeError(`DataLoader: seed must be a whole number, not ${seed}`)
    this.dataset = dataset
    this.batchSize = batchSize
    this.#seed = shuffle ? seed : undefined
    this.#repeatSamples = repeatSamples
  }

  /** Returns the number of batches of each rank. */
  count(worldSize: number): number {
    return Math.ceil(this.#share(worldSize) / this.batchSize)
  }

  /** Yields the samples of each batch of this shard. */
  *indices(epoch: number, { rank, worldSize }: Shard): Generator<number[]> {
    const { length } = this.dataset
    const order =
      this.#seed === undefined
        ? Array.from({ length }, (_, index) => index)
        : permutation(length, this.#seed + epoch * 0x9e37)
    const share = this.#share(worldSize)
    const mine = Array.from({ length: share }, (_, turn) => order[(turn * worldSize + rank) % length] as number)
    for (let start = 0; start < share; start += this.batchSize) yield mine.slice(start, start + this.batchSize)
  }

  /** Returns the number of samples of each rank. */
  #share(worldSize: number): number {
    const share = this.dataset.length / worldSize
    return this.#repeatSamples ? Math.ceil(share) : Math.floor(share)
  }
}
