// A fit that is killed: two ranks, gradients of two batches in each step, validations, the two best checkpoints and last.ckpt. It
// continues from last.ckpt if there is one. It prints the process id of each rank, each step, and each save before it writes. In the end
// it saves end.ckpt. Rank 0 appends each row of metrics to rows.ndjson.
import { appendFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import {
  type Batch,
  DataLoader,
  Linear,
  type Logger,
  ModelCheckpoint,
  Module,
  PinoLogger,
  randn,
  TensorDataset,
  Trainer,
} from '../../../examples/ddp-trainer/dist/index.js'
import { epochs, paths, stepsBetweenSaves } from './kill-job.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

class Net extends Module {
  readonly hidden = new Linear(32, 256, 1)
  readonly output = new Linear(256, 1, 2)

  forward(x: tf.Tensor): tf.Tensor {
    return this.output.forward(tf.relu(this.hidden.forward(x)))
  }

  /** Adds noise to the inputs, which is the same after a resume. */
  trainingStep([x, y]: Batch): tf.Scalar {
    const noisy = tf.add(x, 0.1 * this.random())
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, this.forward(noisy))
    this.log('train_loss', loss, { onStep: true, onEpoch: true, syncDist: true })
    this.log('noise', this.random(), { reduceFx: 'sum', onEpoch: true })
    return loss
  }

  override validationStep([x, y]: Batch): void {
    this.log('val_loss', tf.losses.meanSquaredError(y, this.forward(x)), { onStep: true, onEpoch: true })
  }

  override onTrainStart(): void {
    print(`rank ${this.trainer.globalRank} ${process.pid}`)
  }

  override onTrainBatchEnd(): void {
    if (this.trainer.isGlobalZero) print(`step ${this.globalStep}`)
  }

  override onSaveCheckpoint(): void {
    if (this.trainer.isGlobalZero) print('save')
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.adam(0.01)
  }
}

/** Writes a row before the call returns, so that a kill loses none. */
const logMetrics: Logger['logMetrics'] = (...row) => appendFileSync(paths.rows, `${JSON.stringify(row)}\n`)
const silent = { info() {}, warn() {} } as unknown as ConstructorParameters<typeof PinoLogger>[0]
const logger: Logger = Object.assign(new PinoLogger(silent), { logMetrics })

const dataset = (length: number, seed: number) =>
  new TensorDataset(randn([length, 32], seed), randn([length, 1], seed + 1))
const trainer = new Trainer({
  devices: 2,
  maxEpochs: epochs,
  accumulateGradBatches: 2,
  valCheckInterval: 5,
  logEveryNSteps: 1,
  logger,
  progressBar: 'none',
  callbacks: [
    new ModelCheckpoint({
      folder: paths.folder,
      monitor: 'val_loss',
      saveTopK: 2,
      everyNTrainSteps: stepsBetweenSaves,
    }),
  ],
})
const train = new DataLoader(dataset(2 * 4 * 13, 3), { batchSize: 4, shuffle: true })
await trainer.fit(new Net(), train, new DataLoader(dataset(48, 5), { batchSize: 8 }), { ckptPath: 'last' })
if (trainer.globalRank >= 0) await trainer.saveCheckpoint(paths.end)
