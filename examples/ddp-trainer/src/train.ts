// Trains a classifier of handwritten digits. Each run gets a new directory runs/version_N.
// Usage: `node dist/train.js [--model mlp|cnn] [--devices 4] [--epochs N] [--batch-size N] [--lr N]`.
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { rankLogger } from 'pino-rank'
import { DigitClassifier, defaults, type Hyperparameters, linearDecay, modelOf } from './digit-classifier.ts'
import { digitLoaders } from './digits.ts'
import { Callback, PinoLogger, Trainer } from './index.ts'

const { values } = parseArgs({
  options: {
    model: { type: 'string', default: 'mlp' },
    devices: { type: 'string' },
    epochs: { type: 'string' },
    'batch-size': { type: 'string' },
    lr: { type: 'string' },
  },
})
const { model, ...preset } = defaults[modelOf(values.model)]

type NumberOption = 'devices' | 'epochs' | 'batch-size' | 'lr'

/** Returns an option as a number. @throws {RangeError} if it is not a number above 0 */
function numberOf(name: NumberOption, preset: number): number {
  const value = Number(values[name] ?? preset)
  if (!(value > 0)) throw new RangeError(`train.js: --${name} must be a number above 0, not ${values[name]}`)
  return value
}

/** Logs the tensors and the memory of every rank after each epoch. If they grow, a tensor is not disposed of. */
class MemoryMonitor extends Callback {
  override onTrainEpochEnd({ currentEpoch: epoch, logger }: Trainer): void {
    const megabytes = Math.round(process.memoryUsage().rss / 2 ** 20)
    logger.experiment.info({ epoch, tensors: tf.memory().numTensors, megabytes }, 'memory')
  }
}

const place = { path: 'train.log', runDirectory: 'runs' }
const targets = [
  { target: 'pino-rank-file', options: place }, // train.log: rank 0, and the errors of all ranks
  { target: 'pino-rank-split', options: place }, // train.rank-N.log: a file for each rank
  { target: 'pino-tensorboard', options: { runDirectory: 'runs' } }, // metrics and hyperparameters of rank 0
]

/** Returns an option that counts something. @throws {RangeError} if it is not a whole number above 0 */
function countOf(name: NumberOption, preset: number): number {
  const count = numberOf(name, preset)
  if (!Number.isInteger(count)) throw new RangeError(`train.js: --${name} must be a whole number, not ${count}`)
  return count
}

const hparams: Hyperparameters = {
  model,
  epochs: countOf('epochs', preset.epochs),
  batchSize: countOf('batch-size', preset.batchSize),
  lr: numberOf('lr', preset.lr),
  momentum: preset.momentum,
}
const { train, validation } = digitLoaders(hparams.batchSize)
const trainer = new Trainer({
  devices: countOf('devices', 4),
  maxEpochs: hparams.epochs,
  logEveryNSteps: 10,
  callbacks: [linearDecay(hparams), new MemoryMonitor()],
  logger: () => new PinoLogger(rankLogger({ transport: { targets } })),
})
await trainer.fit(new DigitClassifier(hparams), train, validation)
