// A program for tests: a fit with 20 steps per epoch and a global batch size of 32. It trains two networks on the same batches, one
// with SGD and one with Adam. Its options are JSON on the command line.
import { writeFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs'
import { type StdoutStream, stdoutStream } from 'pino-rank-stdout'
import { type Batch, DataLoader, Linear, Module, randn, TensorDataset, Trainer } from '../index.ts'
import { silentLogger } from '../trainer/pino-logger.ts'

export interface FitOptions {
  devices: number
  maxEpochs?: number
  syncGradients?: boolean
  /** Rank that kills itself before its fourth step. */
  dies?: number
  /** Ends the fit at a loss that is not finite. */
  detectAnomaly?: boolean
  /** Rank whose loss is NaN in its fourth step. */
  nanRank?: number
  /** Each rank N writes its trained parameters to this path and `.N`: those of SGD, then those of Adam. */
  parameters?: string
  /** Number of lines of 10,000 bytes that each rank logs. It then prints how many of them bypassed the collector. */
  lines?: number
}

const { devices, dies, nanRank, parameters, lines, ...options }: FitOptions = JSON.parse(process.argv[2] ?? '{}')

class Net {
  readonly #hidden = new Linear(20, 16, 1)
  readonly #output = new Linear(16, 3, 2)

  parameters(): tf.Variable[] {
    return [...this.#hidden.parameters(), ...this.#output.parameters()]
  }

  loss([x, y]: Batch): tf.Scalar {
    return tf.losses.meanSquaredError(y, this.#output.forward(tf.relu(this.#hidden.forward(x))))
  }
}

class TwoNets extends Module {
  readonly sgd = new Net()
  readonly adam = new Net()
  #stream: StdoutStream | undefined

  trainingStep(batch: Batch): tf.Scalar {
    const loss: tf.Scalar = this.sgd.loss(batch).add(this.adam.loss(batch))
    return this.trainer.globalRank === nanRank && this.globalStep === 3 ? loss.mul(Number.NaN) : loss
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
    if (parameters) writeFileSync(`${parameters}.${rank}`, JSON.stringify(values.flat()))
  }

  configureOptimizers(): tf.Optimizer {
    const nets: [Net, tf.Optimizer][] = [
      [this.sgd, tf.train.sgd(0.1)],
      [this.adam, tf.train.adam(0.01)],
    ]
    const applyGradients = (gradients: tf.NamedTensorMap) => {
      for (const [net, optimizer] of nets) {
        const own = net.parameters().map(({ name }) => [name, gradients[name]])
        optimizer.applyGradients(Object.fromEntries(own))
      }
    }
    return { applyGradients } as tf.Optimizer // a fit calls nothing else of it
  }
}

const dataset = new TensorDataset(randn([640, 20], 3), randn([640, 3], 4))
const loader = new DataLoader(dataset, { batchSize: 32 / devices, shuffle: true })
await new Trainer({ devices, logger: silentLogger, ...options }).fit(new TwoNets(), loader)
