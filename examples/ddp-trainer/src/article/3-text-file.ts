// Example 3 of the article: custom file logging with rank filtering.
import { appendFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, Trainer } from '../index.ts'

class ModelWithFileLogging extends Module {
  linear = new Linear(10, 1)

  forward(x: tf.Tensor): tf.Tensor {
    return this.linear.forward(x)
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const yHat = this.forward(x)
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, yHat)
    logToFile(this.trainer, 'training_log.txt', `Step: ${this.globalStep}, Loss: ${loss.arraySync()}`)
    return loss
  }

  override validationStep([x, y]: Batch): tf.Scalar {
    const yHat = this.forward(x)
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, yHat)
    logToFile(this.trainer, 'validation_log.txt', `Epoch: ${this.currentEpoch}, Loss: ${loss.arraySync()}`)
    return loss
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.adam(0.001)
  }
}

function logToFile(trainer: Trainer, filename: string, message: string): void {
  if (trainer.isGlobalZero) {
    appendFileSync(filename, `${message}\n`)
  }
}

const model = new ModelWithFileLogging()
const dummyData = randn([100, 10], 1)
const dummyLabels = randn([100, 1], 2)
const trainDataset = new TensorDataset(dummyData, dummyLabels)
const trainLoader = new DataLoader(trainDataset, { batchSize: 32 })
const valDataset = new TensorDataset(randn([50, 10], 3), randn([50, 1], 4))
const valLoader = new DataLoader(valDataset, { batchSize: 32 })
const trainer = new Trainer({ accelerator: 'gpu', devices: 2, strategy: 'ddp', maxEpochs: 2 })
await trainer.fit(model, trainLoader, valLoader)
