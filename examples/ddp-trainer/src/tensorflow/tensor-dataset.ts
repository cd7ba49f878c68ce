import * as tf from '@tensorflow/tfjs'
import type { Batch, Dataset } from '../data/data-loader.ts'
import type { Rows } from '../data/random.ts'

/** Rows of inputs and targets. */
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

function gather({ data, shape: [, ...row] }: Rows, indices: readonly number[]): tf.Tensor {
  const size = row.reduce((product, extent) => product * extent, 1)
  const values = new Float32Array(indices.length * size)
  indices.forEach((index, place) => {
    values.set(data.subarray(index * size, (index + 1) * size), place * size)
  })
  return tf.tensor(values, [indices.length, ...row])
}
