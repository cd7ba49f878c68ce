// Fits that train the same parameters on any number of ranks: two epochs of 25 steps with a global batch size of 16.
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, type Trainer } from '../index.ts'
import { parametersHash } from './parameters-hash.ts'

export interface EqualFit {
  net: 'mlp' | 'cnn'
  optimizer: 'sgd' | 'momentum' | 'adam'
}

export const equalFits: EqualFit[] = (['mlp', 'cnn'] as const).flatMap((net) =>
  (['sgd', 'momentum', 'adam'] as const).map((optimizer) => ({ net, optimizer })),
)

/** What a rank has after a fit. */
export interface EqualFitResult {
  /** SHA-256 of the parameters after each epoch. */
  hashes: string[]
  /** All parameters at the end. */
  values: number[]
}

const globalBatchSize = 16
const samples = 25 * globalBatchSize
const optimizers = {
  sgd: () => tf.train.sgd(0.1),
  momentum: () => tf.train.momentum(0.05, 0.9),
  adam: () => tf.train.adam(0.01),
}

abstract class Net extends Module {
  readonly hashes: string[] = []
  readonly #optimizer: EqualFit['optimizer']
  readonly #savedAs: string | undefined

  constructor(optimizer: EqualFit['optimizer'], savedAs?: string) {
    super()
    this.#optimizer = optimizer
    this.#savedAs = savedAs
  }

  abstract readonly shape: [samples: number, ...sample: number[]]
  abstract forward(x: tf.Tensor): tf.Tensor

  trainingStep([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.forward(x))
  }

  override async onTrainEpochEnd(): Promise<void> {
    this.hashes.push(parametersHash(this))
    if (this.#savedAs !== undefined && this.currentEpoch === 0) await this.trainer.saveCheckpoint(this.#savedAs)
  }

  configureOptimizers(): tf.Optimizer {
    return optimizers[this.#optimizer]()
  }
}

class Mlp extends Net {
  readonly shape: [number, number] = [samples, 20]
  hidden = new Linear(20, 16, 1)
  output = new Linear(16, 3, 2)

  forward(x: tf.Tensor): tf.Tensor {
    return this.output.forward(tf.relu(this.hidden.forward(x)))
  }
}

class Cnn extends Net {
  readonly shape: [number, number, number, number] = [samples, 8, 8, 1]
  /** Nine numbers of each of two filters. */
  filters = new Linear(9, 2, 3)
  output = new Linear(6 * 6 * 2, 3, 4)

  forward(x: tf.Tensor): tf.Tensor {
    const [weight, bias] = this.filters.parameters()
    const filters = tf.reshape(weight, [3, 3, 1, 2]) as tf.Tensor4D
    const features = tf.relu(tf.add(tf.conv2d(x as tf.Tensor4D, filters, 1, 'valid'), bias))
    return this.output.forward(tf.reshape(features, [-1, 6 * 6 * 2]))
  }
}

/** Returns the path of the checkpoint that a fit saves after its first epoch. */
export function checkpointOf({ net, optimizer }: EqualFit, folder: string): string {
  return join(folder, `${net}-${optimizer}.ckpt`)
}

export interface RunOptions {
  /** Where to save a checkpoint after the first epoch. */
  savedAs?: string
  /** A checkpoint from which the fit continues. */
  ckptPath?: string
  /** That of the trainer. @default 1 */
  accumulateGradBatches?: number
}

/** Trains a new net, or continues from the checkpoint of one. */
export async function runEqualFit(
  trainer: Trainer,
  { net: kind, optimizer }: EqualFit,
  { savedAs, ckptPath, accumulateGradBatches = 1 }: RunOptions = {},
): Promise<EqualFitResult> {
  Object.assign(trainer, { currentEpoch: 0, globalStep: 0 }) // the trainer may have run another fit
  const net = kind === 'mlp' ? new Mlp(optimizer, savedAs) : new Cnn(optimizer, savedAs)
  const dataset = new TensorDataset(randn(net.shape, 5), randn([samples, 3], 6))
  const loader = new DataLoader(dataset, { globalBatchSize: globalBatchSize / accumulateGradBatches, shuffle: true })
  await trainer.fit(net, loader, [], ckptPath === undefined ? {} : { ckptPath })
  return { hashes: net.hashes, values: net.parameters().flatMap((parameter) => [...parameter.dataSync()]) }
}
