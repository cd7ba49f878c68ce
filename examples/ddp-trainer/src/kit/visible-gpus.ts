// A program for tests: fits, and each rank prints CUDA_VISIBLE_DEVICES, as it was when the script began and in the fit. Its options are
// JSON on the command line.
import * as tf from '@tensorflow/tfjs'
import { type Batch, DataLoader, Linear, Module, TensorDataset, Trainer } from '../index.ts'
import { quietOptions } from './quiet-options.ts'

const { CUDA_VISIBLE_DEVICES: before } = process.env

class Net extends Module {
  layer = new Linear(1, 1)

  trainingStep([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.layer.forward(x))
  }

  override onFitStart(): void {
    process.stdout.write(`${this.trainer.globalRank}: ${before}, ${process.env.CUDA_VISIBLE_DEVICES}\n`)
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.1)
  }
}

const rows = [[1], [2], [3]]
const loader = new DataLoader(new TensorDataset(rows, rows), { batchSize: 1 })
await new Trainer({ ...quietOptions, ...JSON.parse(process.argv[2] ?? '{}') }).fit(new Net(), loader)
