import { join } from 'node:path'
import { rankLogger } from 'pino-rank'
import {
  Callback,
  DataLoader,
  PinoLogger,
  randn,
  TensorDataset,
  Trainer,
  type TrainerOptions,
} from '../../../examples/ddp-trainer/dist/index.js'
import { inOrder } from '../../../packages/ranklog-bench/dist/suite/interleave.js'
import { sendResult } from '../send-result.ts'
import { MeasuredNet } from './measured-net.ts'

/** The job of a process that trains, in turn, with metrics and without. */
export interface StepsJob {
  /** Folder of the sinks. */
  dir: string
  /** Number of hidden units of the net. */
  width: number
  batchSize: number
  /** Number of steps of each kind, before rounding up to whole blocks. */
  steps: number
}

/** Mean time of a step, in ms. */
export interface StepsSample {
  /** Without log calls and without a logger. */
  without: number
  /** The same again, as the A/A control. */
  again: number
  /** With five metrics in each step. */
  with: number
  /** The same, and the sinks of lines have `flushMs`. */
  batched: number
}

/** Number of steps between two changes of the kind. The first and the last of them are not measured. */
const blockSteps = 21

/** Share of the blocks that run before the measurement, so that V8 has compiled the loggers. */
const warmUpShare = 1 / 4

class StepTimes extends Callback {
  total = 0
  count = 0
  #before: number | undefined

  override onTrainStart(): void {
    this.#before = undefined
  }

  override onTrainBatchStart(_: Trainer, __: unknown, ___: unknown, batchIdx: number): void {
    const now = performance.now()
    if (this.#before !== undefined && batchIdx > 1) {
      this.total += now - this.#before
      this.count++
    }
    this.#before = now
  }
}

/** A net, and the trainer that trains it. */
class Arm {
  readonly #times = new StepTimes()
  readonly #net: MeasuredNet
  readonly #trainer: Trainer

  constructor(net: MeasuredNet, options: TrainerOptions) {
    this.#net = net
    const common = { limitTrainBatches: blockSteps, logEveryNSteps: 1, progressBar: 'none' } as const
    this.#trainer = new Trainer({ ...common, maxEpochs: -1, ...options, callbacks: [this.#times, new OneEpoch()] })
  }

  /** Trains for one block. */
  async run(loader: DataLoader): Promise<void> {
    await this.#trainer.fit(this.#net, loader)
  }

  /** Forgets the steps so far. */
  reset(): void {
    Object.assign(this.#times, { total: 0, count: 0 })
  }

  get meanMs(): number {
    return this.#times.total / this.#times.count
  }
}

class OneEpoch extends Callback {
  override onTrainEpochEnd(trainer: Trainer): void {
    trainer.shouldStop = true
  }
}

/** Opens all sinks that write files, and stdout, in a new folder. @param lines options of the sinks of lines */
function openSinks(dir: string, lines: object): PinoLogger {
  const targets = [
    { target: 'pino-rank-file', options: { path: join(dir, 'train.log'), ...lines } },
    { target: 'pino-rank-split', options: { path: join(dir, 'split.log'), ...lines } },
    { target: 'pino-rank-stdout', options: lines },
    { target: 'pino-tensorboard', options: { logdir: join(dir, 'events') } },
    { target: 'pino-csv-metrics', options: { path: join(dir, 'metrics.csv') } },
    { target: 'pino-wandb', options: { dir, project: 'benchmark' } },
  ]
  return new PinoLogger(rankLogger({ transport: { targets } }))
}

await sendResult<StepsJob>(async ({ dir, width, batchSize, steps }): Promise<StepsSample> => {
  const loader = new DataLoader(
    new TensorDataset(randn([batchSize * blockSteps, 784], 1), randn([batchSize * blockSteps, 10], 2)),
    {
      batchSize,
    },
  )
  const silent = () => new Arm(new MeasuredNet(width, () => {}), { logger: false })
  const logging = (name: string, lines: object) => {
    const net = new MeasuredNet(width, (net, loss, accuracy) => {
      net.log('train_loss', loss)
      net.log('train_acc', accuracy)
      net.log('lr', 0.01)
      net.log('samples', batchSize * (net.globalStep + 1))
      net.log('epoch_part', net.globalStep / 100)
    })
    return new Arm(net, { logger: () => openSinks(join(dir, name), lines) })
  }
  const arms = {
    without: silent(),
    with: logging('at-once', {}),
    again: silent(),
    batched: logging('batched', { flushMs: 100 }),
  }
  const order = Object.values(arms)
  const blocks = Math.ceil(steps / blockSteps)
  for (let block = 0; block < blocks * warmUpShare; block++) for (const arm of order) await arm.run(loader)
  for (const arm of order) arm.reset()
  for (let block = 0; block < blocks; block++) for (const arm of inOrder(order, block)) await arm.run(loader)
  const [without, logged, again, batched] = order.map(({ meanMs }) => meanMs) as [number, number, number, number]
  return { without, with: logged, again, batched }
})
