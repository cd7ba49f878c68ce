// A user's training script: it trains on handwritten digits, with four ranks.
// Usage: `node train.js [DIRECTORY] [--epochs N] [--bar]`. Without DIRECTORY each run gets a new directory runs/version_N.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { rankLogger } from 'pino-rank'
import { digits } from './demo/digits.ts'
import { NumberedLog } from './demo/numbered-log.ts'
import {
  type Batch,
  Callback,
  DataLoader,
  LearningRateSchedule,
  Linear,
  Module,
  PinoLogger,
  random,
  Trainer,
} from './index.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { epochs: { type: 'string', default: '6' }, bar: { type: 'boolean' } },
})
const [directory] = positionals
const path = 'train.log'
const place = directory === undefined ? { path, runDirectory: 'runs' } : { path: join(directory, path) }
const events = directory === undefined ? { runDirectory: 'runs' } : { logdir: directory }

const hparams = { lr: 0.15, momentum: 0.9, batchSize: 16, hidden: 128 }

class DigitClassifier extends Module {
  hidden = new Linear(784, hparams.hidden, 1)
  output = new Linear(hparams.hidden, 10, 2)
  #draw = random(3)

  forward(x: tf.Tensor): tf.Tensor2D {
    return this.output.forward(tf.relu(this.hidden.forward(x))) as tf.Tensor2D
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const loss: tf.Scalar = tf.losses.softmaxCrossEntropy(y, this.forward(this.#jitter(x)))
    this.log('train_loss', loss, { onStep: true, onEpoch: true, progBar: true })
    // each rank logs the loss of its own shard, for its own file and stdout; train.log takes only that of rank 0
    const { experiment: log } = this.trainer.logger
    if (this.globalStep % 10 === 0) log.info({ step: this.globalStep, shardLoss: loss.arraySync() }, 'shard')
    return loss
  }

  /** Logs the loss and the accuracy. Both become means over the samples of all ranks. */
  override validationStep([x, y]: Batch): void {
    const logits = this.forward(x)
    const isRight = tf.equal(tf.argMax(logits, 1), tf.argMax(y, 1))
    this.log('val_loss', tf.losses.softmaxCrossEntropy(y, logits))
    this.log('val_acc', tf.mean(tf.cast(isRight, 'float32')), { progBar: true })
  }

  /** Stages an error on one rank. It is logged, and also printed to stderr, as a native library does. */
  override onTrainBatchEnd(): void {
    if (this.trainer.globalRank !== 2 || this.globalStep !== 50) return
    const err = new Error('staged by the demo: a digit of rank 2 cannot be read')
    this.trainer.logger.experiment.error({ err }, 'skips a digit')
    process.stderr.write(`${err.stack}\n`)
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.momentum(hparams.lr, hparams.momentum)
  }

  /** Moves the images of a batch by at most one pixel in each direction. Their margins are empty, so the flat rows can be shifted. */
  #jitter(x: tf.Tensor): tf.Tensor {
    const [dx = 0, dy = 0] = [this.#draw(), this.#draw()].map((part) => Math.floor(3 * part) - 1)
    return tf.slice(tf.pad(x, [[0, 0], [29, 29]]), [0, 29 + 28 * dy + dx], [-1, 784]) // biome-ignore format: pairs
  }
}

/** Logs the hyperparameters. Every rank runs this, but the logger writes them only on rank 0. */
class Hyperparameters extends Callback {
  override onFitStart({ logger, maxEpochs }: Trainer): void {
    logger.logHyperparams({ ...hparams, maxEpochs })
  }
}

/** Sends the number of log calls of each rank to the demo, after the last call. */
class SendCounts extends Callback {
  override async onFitEnd({ globalRank: rank, logger }: Trainer): Promise<void> {
    const { calls, errors } = logger.experiment as NumberedLog
    if (process.send) await new Promise((done) => process.send?.({ sent: { rank, calls, errors } }, done))
  }
}

const logger = () =>
  new PinoLogger(
    new NumberedLog(
      rankLogger({
        transport: {
          targets: [
            { target: 'pino-rank-file', options: place },
            { target: 'pino-rank-split', options: place },
            { target: 'pino-rank-stdout' },
            { target: 'pino-tensorboard', options: events },
          ],
        },
      }),
    ),
  )

const { train, validation } = digits()
const maxEpochs = Number(values.epochs)
const schedule = new LearningRateSchedule((epoch) => hparams.lr * (1 - epoch / maxEpochs))
const trainer = new Trainer({
  devices: 4,
  strategy: 'ddp',
  maxEpochs,
  callbacks: [new Hyperparameters(), schedule, new SendCounts()],
  logger,
  logEveryNSteps: 10,
  ...(values.bar && { progressBar: 'bar' }),
})
const trainLoader = new DataLoader(train, { batchSize: hparams.batchSize, shuffle: true })
await trainer.fit(new DigitClassifier(), trainLoader, new DataLoader(validation, { batchSize: 250 }))
