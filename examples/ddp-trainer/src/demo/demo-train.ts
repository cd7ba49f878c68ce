// The training script of the demo: as train.ts, with records and an error of other ranks, and a count of log calls.
// Usage: `node demo/demo-train.js DIRECTORY [--model mlp|cnn] [--epochs N] [--bar]`.
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type * as tf from '@tensorflow/tfjs'
import { rankLogger } from 'pino-rank'
import { DigitClassifier, defaults, linearDecay, modelOf } from '../digit-classifier.ts'
import { digitLoaders } from '../digits.ts'
import { type Batch, Callback, PinoLogger, Trainer } from '../index.ts'
import { NumberedLog } from './numbered-log.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    model: { type: 'string', default: 'mlp' },
    epochs: { type: 'string' },
    bar: { type: 'boolean' },
  },
})
const [directory = '.'] = positionals

class DemoClassifier extends DigitClassifier {
  /** Also logs the loss of this rank's own batch, for its own file and stdout. train.log has only those of rank 0. */
  override trainingStep(batch: Batch): tf.Scalar {
    const loss = super.trainingStep(batch)
    const { experiment: log } = this.trainer.logger
    if (this.globalStep % 10 === 0) log.info({ step: this.globalStep, shardLoss: loss.arraySync() }, 'shard')
    return loss
  }

  /** Stages an error on one rank. It is logged, and also printed to stderr, as a native library does. */
  override onTrainBatchEnd(): void {
    if (this.trainer.globalRank !== 2 || this.globalStep !== 50) return
    const err = new Error('staged by the demo: a digit of rank 2 cannot be read')
    this.trainer.logger.experiment.error({ err }, 'skips a digit')
    process.stderr.write(`${err.stack}\n`)
  }
}

/** Sends the number of log calls of each rank to the demo, after the last call. */
class SendCounts extends Callback {
  override async onFitEnd({ globalRank: rank, logger }: Trainer): Promise<void> {
    const { calls, errors } = logger.experiment as NumberedLog
    if (process.send) await new Promise((done) => process.send?.({ sent: { rank, calls, errors } }, done))
  }
}

const path = join(directory, 'train.log')
const targets = [
  { target: 'pino-rank-file', options: { path } },
  { target: 'pino-rank-split', options: { path } },
  { target: 'pino-rank-stdout' },
  { target: 'pino-tensorboard', options: { logdir: directory } },
]

const preset = defaults[modelOf(values.model)]
const hparams = { ...preset, epochs: Number(values.epochs ?? preset.epochs) }
const { train, validation } = digitLoaders(hparams.batchSize)
const trainer = new Trainer({
  devices: 4,
  maxEpochs: hparams.epochs,
  logEveryNSteps: 10,
  callbacks: [linearDecay(hparams), new SendCounts()],
  logger: () => new PinoLogger(new NumberedLog(rankLogger({ transport: { targets } }))),
  ...(values.bar && { progressBar: 'bar' }),
})
await trainer.fit(new DemoClassifier(hparams), train, validation)
