// A program for tests: a fit with 20 steps per epoch and a global batch size of 32. Its options are JSON on the command line.
import { writeFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { type StdoutStream, stdoutStream } from 'pino-rank-stdout'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, Trainer } from '../index.ts'

export interface FitOptions {
  devices: number
  maxEpochs?: number
  optimizer?: 'adam' | 'sgd'
  syncGradients?: boolean
  /** Rank that kills itself before its fourth step. */
  dies?: number
  /** File into which rank 0 writes the trained parameters. */
  parameters?: string
  /** Number of lines of 10,000 bytes that each rank logs. It then prints how many of them bypassed the collector. */
  lines?: number
}

const { devices, optimizer, dies, parameters, lines, ...options }: FitOptions = JSON.parse(process.argv[2] ?? '{}')

class Net extends Module {
  hidden = new Linear(20, 16, 1)
  output = new Linear(16, 3, 2)
  #stream: StdoutStream | undefined

  trainingStep([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.output.forward(tf.relu(this.hidden.forward(x))))
  }

  override onFitStart(): void {
    process.stdout.write(`pid ${process.pid}\n`)
    if (lines) this.#stream = stdoutStream()
  }

  override onTrainBatchStart(_batch: Batch, batchIdx: number): void {
    if (this.trainer.globalRank === dies && batchIdx === 3) process.kill(process.pid, 'SIGKILL')
  }

  override onFitEnd(): void {
    const { globalRank: rank } = this.trainer
    const fill = 'x'.repeat(10_000)
    for (let seq = 0; seq < (lines ?? 0); seq++)
      this.#stream?.write(`${JSON.stringify({ level: 30, time: Date.now(), rank, seq, fill })}\n`)
    this.#stream?.flushSync()
    if (this.#stream)
      process.stderr.write(`rank ${rank}: ${this.#stream.stats().oversized} lines bypassed the collector\n`)
    const values = this.parameters().map((variable) => [...variable.dataSync()])
    if (parameters && this.trainer.isGlobalZero) writeFileSync(parameters, JSON.stringify(values.flat()))
  }

  configureOptimizers(): tf.Optimizer {
    return optimizer === 'sgd' ? tf.train.sgd(0.1) : tf.train.adam(0.01)
  }
}

const dataset = new TensorDataset(randn([640, 20], 3), randn([640, 3], 4))
const loader = new DataLoader(dataset, { batchSize: 32 / devices, shuffle: true })
const silent = { info() {}, warn() {}, error() {} }
const logger = { experiment: silent, logMetrics() {}, logHyperparams() {} }
await new Trainer({ devices, logger, ...options }).fit(new Net(), loader)
