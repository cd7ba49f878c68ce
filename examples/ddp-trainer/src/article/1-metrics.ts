// Example 1 of the article: basic metric logging with rank filtering.
import * as tf from '@tensorflow/tfjs'
import { type Batch, DataLoader, Linear, type LogOptions, Module, randn, TensorDataset, Trainer } from '../index.ts'

class SimpleModel extends Module {
  linear = new Linear(10, 1)

  forward(x: tf.Tensor): tf.Tensor {
    return this.linear.forward(x)
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const yHat = this.forward(x)
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, yHat)
    logMetric(this.trainer, 'train_loss', loss, { onStep: true, onEpoch: true })
    return loss
  }

  override validationStep([x, y]: Batch): tf.Scalar {
    const yHat = this.forward(x)
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, yHat)
    logMetric(this.trainer, 'val_loss', loss, { onStep: false, onEpoch: true })
    return loss
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.adam(0.001)
  }
}

function logMetric(
  trainer: Trainer,
  name: string,
  value: tf.Scalar,
  { onStep = false, onEpoch = false }: LogOptions,
): void {
  if (trainer.isGlobalZero) {
    trainer.log(name, value, { onStep, onEpoch, progBar: true })
  }
}

const model = new SimpleModel()
const dummyData = randn([100, 10], 1)
const dummyLabels = randn([100, 1], 2)
const trainDataset = new TensorDataset(dummyData, dummyLabels)
const trainLoader = new DataLoader(trainDataset, { batchSize: 32 })
const valDataset = new TensorDataset(randn([50, 10], 3), randn([50, 1], 4))
const valLoader = new DataLoader(valDataset, { batchSize: 32 })
// logEveryNSteps: 1, because the two epochs have fewer steps than the default of 50
const trainer = new Trainer({ accelerator: 'gpu', devices: 2, strategy: 'ddp', maxEpochs: 2, logEveryNSteps: 1 })
await trainer.fit(model, trainLoader, valLoader)
