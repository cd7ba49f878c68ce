// Trains a classifier of handwritten digits. Each run gets a new directory runs/version_N.
// Usage: `node dist/train.js [--devices 4] [--epochs 6] [--batch-size 16] [--lr 0.15]`.
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { rankLogger } from 'pino-rank'
import { DigitClassifier, defaults, linearDecay } from './digit-classifier.ts'
import { digitLoaders } from './digits.ts'
import { Callback, PinoLogger, Trainer } from './index.ts'

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '4' },
    epochs: { type: 'string', default: `${defaults.epochs}` },
    'batch-size': { type: 'string', default: `${defaults.batchSize}` },
    lr: { type: 'string', default: `${defaults.lr}` },
  },
})

/** Returns an option as a number. @throws {RangeError} if it is not a number above 0 */
function numberOf(name: keyof typeof values): number {
  const value = Number(values[name])
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
function countOf(name: keyof typeof values): number {
  const count = numberOf(name)
  if (!Number.isInteger(count)) throw new RangeError(`train.js: --${name} must be a whole number, not ${count}`)
  return count
}

const hparams = { ...defaults, epochs: countOf('epochs'), batchSize: countOf('batch-size'), lr: numberOf('lr') }
const { train, validation } = digitLoaders(hparams.batchSize)
const trainer = new Trainer({
  devices: countOf('devices'),
  maxEpochs: hparams.epochs,
  logEveryNSteps: 10,
  callbacks: [linearDecay(hparams), new MemoryMonitor()],
  logger: () => new PinoLogger(rankLogger({ transport: { targets } })),
})
await trainer.fit(new DigitClassifier(hparams), train, validation)
