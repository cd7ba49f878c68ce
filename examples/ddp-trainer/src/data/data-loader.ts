import * as tf from '@tensorflow/tfjs'
import { permutation, type Rows } from './random.ts'

/** Inputs and targets of a batch. The first dimension of both is the batch size. */
export type Batch = [x: tf.Tensor, y: tf.Tensor]

export interface Dataset {
  readonly length: number
  /** Returns these samples as tensors on the current backend. The caller must dispose of them. */
  batch(indices: readonly number[]): Batch
}

export class TensorDataset implements Dataset {
  readonly length: number
  readonly #columns: [x: Rows, y: Rows]

  constructor(x: Rows, y: Rows) {
    if (x.shape[0] !== y.shape[0]) throw new RangeError(`TensorDataset: ${x.shape[0]} inputs, ${y.shape[0]} targets`)
    this.length = x.shape[0]
    this.#columns = [x, y]
  }

  batch(indices: readonly number[]): Batch {
    return this.#columns.map((rows) => gather(rows, indices)) as Batch
  }
}

export interface DataLoaderOptions {
  /** Number of samples in a batch of one rank. The last batch of an epoch may be smaller. */
  batchSize: number
  /** True orders the samples anew in each epoch, by `seed`. @default false */
  shuffle?: boolean
  /** Seed of the order. @default 0 */
  seed?: number
}

/** The part of the samples that one rank gets. */
export interface Shard {
  rank: number
  worldSize: number
}

/**
 * Divides the samples of each epoch among the ranks, and each rank's samples into batches. Sample k of the epoch's order belongs to
 * rank `k % worldSize`. So N ranks with batch size B use the same samples in each step as one process with batch size N × B. All
 * ranks get the same number of samples: the last `length % worldSize` samples of the order are dropped.
 */
export class DataLoader {
  readonly dataset: Dataset
  readonly batchSize: number
  readonly #seed: number | undefined

  constructor(dataset: Dataset, { batchSize, shuffle = false, seed = 0 }: DataLoaderOptions) {
    this.dataset = dataset
    this.batchSize = batchSize
    this.#seed = shuffle ? seed : undefined
  }

  /** Returns the number of batches of each rank. */
  count(worldSize: number): number {
    return Math.ceil(Math.floor(this.dataset.length / worldSize) / this.batchSize)
  }

  /** Yields the samples of each batch of this shard. */
  *indices(epoch: number, { rank, worldSize }: Shard): Generator<number[]> {
    const { length } = this.dataset
    const order =
      this.#seed === undefined
        ? Array.from({ length }, (_, index) => index)
        : permutation(length, this.#seed + epoch * 0x9e37)
    const share = Math.floor(length / worldSize)
    const mine = Array.from({ length: share }, (_, turn) => order[turn * worldSize + rank] as number)
    for (let start = 0; start < share; start += this.batchSize) yield mine.slice(start, start + this.batchSize)
  }
}

function gather({ data, shape: [, ...row] }: Rows, indices: readonly number[]): tf.Tensor {
  const size = row.reduce((product, extent) => product * extent, 1)
  const values = new Float32Array(indices.length * size)
  indices.forEach((index, place) => {
    values.set(data.subarray(index * size, (index + 1) * size), place * size)
  })
  return tf.tensor(values, [indices.length, ...row])
}
