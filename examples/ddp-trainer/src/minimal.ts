// The smallest training script. Copy it, and change the data, the module and the loggers. Run `node dist/minimal.js`.
import * as tf from '@tensorflow/tfjs'
import { rankLogger } from 'pino-rank'
import { type Batch, DataLoader, Linear, Module, PinoLogger, random, TensorDataset, Trainer } from './index.ts'

// Data: every rank runs this script, and all ranks must get the same rows. So random numbers need a seed.
const draw = random(1)
const inputs = Array.from({ length: 1200 }, () => [draw(), draw()])
const targets = inputs.map(([a = 0, b = 0]) => [a * b])
const train = new DataLoader(new TensorDataset(inputs.slice(200), targets.slice(200)), { batchSize: 20, shuffle: true })
const validation = new DataLoader(new TensorDataset(inputs.slice(0, 200), targets.slice(0, 200)), { batchSize: 100 })

// Module: its layers (inputs, outputs, seed), its loss, what it logs, and its optimizer.
class Net extends Module {
  hidden = new Linear(2, 16, 1)
  output = new Linear(16, 1, 2)
  loss([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.output.forward(tf.tanh(this.hidden.forward(x))))
  }
  trainingStep(batch: Batch): tf.Scalar {
    const loss = this.loss(batch)
    this.log('train_loss', loss, { onStep: true, onEpoch: true, progBar: true })
    return loss
  }
  override validationStep(batch: Batch): void {
    this.log('val_loss', this.loss(batch), { progBar: true })
  }
  configureOptimizers(): tf.Optimizer {
    return tf.train.adam(0.05)
  }
}

// Loggers: rank 0 and the errors of all ranks in train.log; curves for TensorBoard. Each run gets runs/version_N.
const file = { target: 'pino-rank-file', options: { path: 'train.log', runDirectory: 'runs' } }
const curves = { target: 'pino-tensorboard', options: { runDirectory: 'runs' } }
const logger = () => new PinoLogger(rankLogger({ transport: { targets: [file, curves] } }))

const trainer = new Trainer({ devices: 2, maxEpochs: 10, logEveryNSteps: 10, logger })
await trainer.fit(new Net(), train, validation)
