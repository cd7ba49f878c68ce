import * as tf from '@tensorflow/tfjs'
import type { Batch, Dataset } from '../data/data-loader.ts'
import type { Rows } from '../data/random.ts'

/** Rows of numbers. All rows have the same length. */
type NestedRows = readonly (readonly number[])[]

/** Rows of inputs and targets. */
export class TensorDataset implements Dataset {
  readonly length: number
  readonly #columns: [x: Rows, y: Rows]

  /** @throws {RangeError} if rows differ in length, or there are not as many targets as inputs */
  constructor(x: Rows | NestedRows, y: Rows | NestedRows) {
    const [inputs, targets] = [flatten(x, 'inputs'), flatten(y, 'targets')]
    if (inputs.shape[0] !== targets.shape[0])
      throw new RangeError(`TensorDataset: ${inputs.shape[0]} inputs, ${targets.shape[0]} targets`)
    this.length = inputs.shape[0]
    this.#columns = [inputs, targets]
  }

  batch(indices: readonly number[]): Batch {
    return this.#columns.map((rows) => gather(rows, indices)) as Batch
  }
}

function flatten(rows: Rows | NestedRows, name: string): Rows {
  if ('shape' in rows) return rows
  const width = rows[0]?.length ?? 0
  const other = rows.findIndex(({ length }) => length !== width)
  if (other !== -1)
    throw new RangeError(
      `TensorDataset: row ${other} of the ${name} has ${rows[other]?.length} numbers, but row 0 has ${width}`,
    )
  return { data: Float32Array.from(rows.flat()), shape: [rows.length, width] }
}

function gather({ data, shape: [, ...row] }: Rows, indices: readonly number[]): tf.Tensor {
  const size = row.reduce((product, extent) => product * extent, 1)
  const values = new Float32Array(indices.length * size)
  indices.forEach((index, place) => {
    values.set(data.subarray(index * size, (index + 1) * size), place * size)
  })
  return tf.tensor(values, [indices.length, ...row])
}
