import * as tf from '@tensorflow/tfjs'
import { permutation, type Rows } from './random.ts'

/** Inputs and targets; the first dimension of both is the batch size. */
export type Batch = [x: tf.Tensor, y: tf.Tensor]

export interface Dataset {
  readonly length: number
  /** Gathers these samples on the current backend. The caller disposes of them. */
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
  /** Samples in a batch of one rank; the last batch of an epoch may be smaller. */
  batchSize: number
  /** A new order each epoch, from `seed`. @default false */
  shuffle?: boolean
  /** @default 0 */
  seed?: number
}

/** One rank's place in the world. */
export interface Shard {
  rank: number
  worldSize: number
}

/**
 * Batches of one rank's shard. Ranks take turns through the epoch's order, so that shards are disjoint and N ranks
 * with batch B see in step k what one process with batch N × B sees. All have equally many: the order's last
 * `length % worldSize` samples are dropped, none is repeated.
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

  /** Number of batches of each rank. */
  count(worldSize: number): number {
    return Math.ceil(Math.floor(this.dataset.length / worldSize) / this.batchSize)
  }

  /** The samples of each batch of this shard. */
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
