// Fits that are saved after two of four epochs, and resumed.
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, type Trainer } from '../index.ts'
import { parametersHash } from './parameters-hash.ts'

export interface ResumedFit {
  optimizer: 'momentum' | 'adam'
  shuffle: boolean
}

export const fits: ResumedFit[] = [
  { optimizer: 'momentum', shuffle: false },
  { optimizer: 'momentum', shuffle: true },
  { optimizer: 'adam', shuffle: false },
  { optimizer: 'adam', shuffle: true },
]

class Net extends Module {
  hidden = new Linear(4, 8, 1)
  output = new Linear(8, 1, 2)
  readonly #optimizer: ResumedFit['optimizer']

  constructor(optimizer: ResumedFit['optimizer']) {
    super()
    this.#optimizer = optimizer
    this.saveHyperparameters({ optimizer })
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.output.forward(tf.relu(this.hidden.forward(x))))
  }

  override onTrainEpochEnd(): void {
    if (this.currentEpoch === 0) this.trainer.learningRate /= 2
  }

  configureOptimizers(): tf.Optimizer {
    return this.#optimizer === 'adam' ? tf.train.adam(0.01) : tf.train.momentum(0.1, 0.9)
  }
}

/** Returns the path of the checkpoint of a fit. */
export function pathOf({ optimizer, shuffle }: ResumedFit, folder: string): string {
  return join(folder, `${optimizer}-${shuffle}`, 'last.ckpt')
}

/** Fits a new network. Returns the SHA-256 of its parameters. */
export async function fitNet(trainer: Trainer, { optimizer, shuffle }: ResumedFit, ckptPath?: string): Promise<string> {
  Object.assign(trainer, { currentEpoch: 0, globalStep: 0 }) // the trainer may have run another fit
  const net = new Net(optimizer)
  const dataset = new TensorDataset(randn([22, 4], 1), randn([22, 1], 2))
  const loader = new DataLoader(dataset, { batchSize: 8 / trainer.worldSize, shuffle })
  await trainer.fit(net, loader, [], ckptPath === undefined ? {} : { ckptPath })
  return parametersHash(net)
}
