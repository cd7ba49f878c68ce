// Example 2 of the article: logging hyperparameters using a custom callback.
import * as tf from '@tensorflow/tfjs'
import {
  type Batch,
  Callback,
  DataLoader,
  Linear,
  type LogOptions,
  Module,
  randn,
  TensorDataset,
  Trainer,
} from '../index.ts'

class HyperparameterLogger extends Callback {
  override onFitStart(trainer: Trainer, module: ModelWithHyperparameters): void {
    if (trainer.isGlobalZero) {
      const params = {
        learning_rate: module.learningRate,
        batch_size: trainer.trainDataloader.batchSize,
        optimizer: module.configureOptimizers().getClassName(),
      }
      trainer.logger.logHyperparams(params)
    }
  }
}

class ModelWithHyperparameters extends Module {
  linear = new Linear(10, 1)
  learningRate: number

  constructor(learningRate = 0.001) {
    super()
    this.learningRate = learningRate
  }

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
    return tf.train.adam(this.learningRate)
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

const model = new ModelWithHyperparameters()
const dummyData = randn([100, 10], 1)
const dummyLabels = randn([100, 1], 2)
const trainDataset = new TensorDataset(dummyData, dummyLabels)
const trainLoader = new DataLoader(trainDataset, { batchSize: 32 })
const valDataset = new TensorDataset(randn([50, 10], 3), randn([50, 1], 4))
const valLoader = new DataLoader(valDataset, { batchSize: 32 })
const callbacks = [new HyperparameterLogger()]
const trainer = new Trainer({
  accelerator: 'gpu',
  devices: 2,
  strategy: 'ddp',
  callbacks,
  maxEpochs: 2,
  logEveryNSteps: 1,
})
await trainer.fit(model, trainLoader, valLoader)
