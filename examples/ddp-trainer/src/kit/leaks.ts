// A program for tests: fits a perceptron and a CNN in many ways on one rank, or the ranks of a launcher, and counts the tensors after
// each optimizer step. Prints a JSON line for each fit: its name, and the counts of its steps. The command line has the accelerator, or `javascript` for
// the backend cpu, which is otherwise the last choice.
import * as tf from '@tensorflow/tfjs'
import {
  type Accelerator,
  type Batch,
  Callback,
  Conv2d,
  DataLoader,
  Linear,
  Module,
  randn,
  TensorDataset,
  Trainer,
  type TrainerOptions,
} from '../index.ts'
import { countTensors } from './count-tensors.ts'
import { quietOptions } from './quiet-options.ts'

class Perceptron extends Module {
  layers = [new Linear(64, 8, 1), new Linear(8, 3, 2)] as const

  forward(x: tf.Tensor): tf.Tensor {
    const [hidden, output] = this.layers
    return output.forward(tf.relu(hidden.forward(x)))
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, this.forward(x))
    this.log('train_loss', loss, { onStep: true, onEpoch: true })
    return loss
  }

  override validationStep([x, y]: Batch): void {
    this.log('val_loss', tf.losses.meanSquaredError(y, this.forward(x)))
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.01)
  }
}

class Cnn extends Perceptron {
  convolution = new Conv2d(1, 4, 3, { stride: 2, seed: 3 })
  other = new Conv2d(4, 4, 3, { seed: 4 })

  override forward(x: tf.Tensor): tf.Tensor {
    const images = tf.relu(this.convolution.forward(tf.reshape(x, [-1, 8, 8, 1])))
    return super.forward(tf.reshape(tf.relu(this.other.forward(images)), [-1, 64]))
  }
}

/** Counts the tensors between the steps: before the batch of the next step is loaded, at the end of an epoch, and after validation. */
class Counts extends Callback {
  readonly counts: object[] = []

  override async setup(): Promise<void> {
    if (backend === 'javascript') await tf.setBackend('cpu')
  }

  override onTrainBatchEnd(): void {
    this.counts.push(countTensors())
  }
}

const optimizers: Record<string, () => tf.Optimizer> = {
  sgd: () => tf.train.sgd(0.01),
  momentum: () => tf.train.momentum(0.01, 0.9),
  adam: () => tf.train.adam(0.01),
}

const ways: Record<string, TrainerOptions> = {
  '': {},
  'accumulated gradients': { accumulateGradBatches: 2 },
  'gradients clipped by their norm': { gradientClipVal: 0.01 },
  'gradients clipped by their values': { gradientClipVal: 0.01, gradientClipAlgorithm: 'value' },
  'validation between the steps': { valCheckInterval: 1 },
}

const [backend = 'auto'] = process.argv.slice(2) as [(Accelerator | 'javascript')?]
const accelerator = backend === 'javascript' ? 'wasm' : backend
const loader = () => new DataLoader(new TensorDataset(randn([48, 64], 1), randn([48, 3], 2)), { batchSize: 4 })
const trainer = (options: TrainerOptions) => new Trainer({ ...quietOptions, accelerator, maxEpochs: 1, ...options })

for (const net of [Perceptron, Cnn]) {
  for (const [optimizer, create] of Object.entries(optimizers)) {
    for (const [way, options] of Object.entries(ways)) {
      const counts = new Counts()
      const module = new net()
      module.configureOptimizers = create
      await trainer({ ...options, callbacks: [counts] }).fit(module, loader(), loader())
      const steps = counts.counts.filter((_, index) => (index + 1) % (options.accumulateGradBatches ?? 1) === 0)
      const name = [net.name, optimizer, ...(way ? [way] : [])].join(', ')
      process.stdout.write(`${JSON.stringify({ backend: tf.getBackend(), name, steps })}\n`)
    }
  }
}
