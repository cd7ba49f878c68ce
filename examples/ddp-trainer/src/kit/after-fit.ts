// A program for tests: two ranks train a network. Then each process prints a record of what it has, and rank 0 saves the network. The
// options are JSON on the command line.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, Trainer } from '../index.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { parametersHash } from './parameters-hash.ts'

export interface AfterFitOptions {
  /** Folder into which a process saves the network if it is rank 0. */
  folder: string
  /** Number of inputs and of hidden units. */
  width?: number
  /** What differs in a process. 'a rank ends': rank 1 ends after its fit. */
  mistake?: 'a rank ends' | 'a layer is created in setup' | 'the parent has a wider layer'
}

/** What a process prints. If its fit fails, it prints `error`, and nothing after it. */
export interface AfterFit {
  rank: number
  /** SHA-256 of the parameters of a new network. */
  untrained: string
  /** SHA-256 of the parameters after the fit. */
  after: string
  error?: string
  /** The output of the network for an input of ones. */
  output: number
  state: { callback: object; logged: object; progressBar: object; epoch: number; step: number }
  tested: object[]
  validated: object[]
}

const { folder, width = 4, mistake }: AfterFitOptions = JSON.parse(process.argv[2] ?? '{}')

class Net extends Module {
  hidden = new Linear(width, mistake === 'the parent has a wider layer' && !process.env.RANK ? width + 1 : width, 1)
  output = new Linear(width, 1, 2)
  late: Linear | undefined

  forward(x: tf.Tensor): tf.Tensor {
    return this.output.forward(tf.relu(this.hidden.forward(x)))
  }

  override setup(): void {
    if (mistake === 'a layer is created in setup') this.late = new Linear(1, 1)
  }

  trainingStep([x, y]: Batch): tf.Scalar {
    const loss: tf.Scalar = tf.losses.meanSquaredError(y, this.forward(x))
    this.log('loss', loss, { onStep: true, onEpoch: true, progBar: true })
    return loss
  }

  override validationStep([x, y]: Batch): void {
    this.log('val_loss', tf.losses.meanSquaredError(y, this.forward(x)))
  }

  override testStep([x, y]: Batch): void {
    this.log('test_loss', tf.losses.meanSquaredError(y, this.forward(x)))
  }

  configureOptimizers(): tf.Optimizer {
    return tf.train.sgd(0.01)
  }
}

const trainer = new Trainer({ devices: 2, maxEpochs: 2, logger: silentLogger, logEveryNSteps: 1, progressBar: 'none' })
const net = new Net()
const loader = (length: number) =>
  new DataLoader(new TensorDataset(randn([length, width], 1), randn([length, 1], 2)), { batchSize: 2 })
const error = await trainer.fit(net, loader(8), loader(4)).then(
  () => undefined,
  (error: Error) => error.message,
)
const [untrained, after] = [parametersHash(new Net()), parametersHash(net)]
const print = (record: object) =>
  process.stdout.write(`${JSON.stringify({ rank: trainer.globalRank, untrained, after, ...record })}\n`)
if (error) print({ error })
else {
  if (mistake === 'a rank ends') {
    await trainer.sum(1) // rank 0 comes here after it has sent its parameters
    if (trainer.globalRank === 1) process.exit(3)
  }
  const { callbackMetrics: callback, loggedMetrics: logged, progressBarMetrics: progressBar } = trainer
  const state = { callback, logged, progressBar, epoch: trainer.currentEpoch, step: net.globalStep }
  if (trainer.isGlobalZero) writeFileSync(join(folder, `${process.pid}.sha256`), after)
  const output = net.forward(tf.ones([1, width])).dataSync()[0]
  const tested = await trainer.test(net, [loader(4), loader(6)])
  print({ output, state, tested, validated: await trainer.validate(net, loader(2)) })
}
