// A program for tests: an endless fit that can be interrupted and continued. Rank 0 prints each step and the start of each validation,
// and logs each step to run/train.log. The options are JSON on the command line.
import { rankLogger } from 'pino-rank'
import { DataLoader, ModelCheckpoint, PinoLogger, Trainer } from '../index.ts'
import { BareModule } from './bare-module.ts'
import { OneParameter, Shapes } from './no-tensors.ts'

export interface InterruptedRunOptions {
  devices: number
  /** Number of steps. @default no limit */
  maxSteps?: number
  /** Validates after each tenth batch, with so many batches that the validation does not end. */
  isValidating?: boolean
  /** Validates three loaders of seven batches, and sends itself SIGINT in the first batch. For one rank. */
  isSignalledInValidation?: boolean
  /** What the last rank does at step 50. It prints `stuck` before. */
  stuck?: 'waits' | 'computes' | 'throws' | 'is killed'
  saveTimeoutMs?: number
  /** Number of steps between two checkpoints. @default an epoch, of 100 steps */
  everyNTrainSteps?: number
}

const { devices, isValidating, isSignalledInValidation, stuck, everyNTrainSteps, ...options }: InterruptedRunOptions =
  JSON.parse(process.argv[2] as string)

/** Writes a line at once, whatever the state of the event loop. */
const print = (line: string) => process.stdout.write(`${line}\n`)

const module = new BareModule()
Object.assign(module, {
  async onTrainBatchEnd() {
    module.log('loss', module.globalStep)
    if (trainer.globalRank === 0) print(`step ${module.globalStep}`)
    if (!stuck || trainer.globalRank !== devices - 1 || module.globalStep !== 50) return
    print('stuck')
    if (stuck === 'waits') await new Promise(() => setInterval(() => {}, 1000))
    if (stuck === 'computes') while (true);
    if (stuck === 'throws') throw new Error('a broken batch')
    if (stuck === 'is killed') process.kill(process.pid, 'SIGKILL')
  },
  async onValidationBatchStart(_batch: unknown, batchIdx: number, dataloaderIdx: number) {
    if (trainer.globalRank === 0 && batchIdx === 0) print('validates')
    if (!isSignalledInValidation) return
    print(`validation batch ${batchIdx} of loader ${dataloaderIdx}`)
    if (batchIdx === 0 && dataloaderIdx === 0) process.kill(process.pid, 'SIGINT')
    await new Promise(setImmediate) // signals are handled when the event loop turns
  },
})
const file = { target: 'pino-rank-file', options: { path: 'run/train.log' } }
const every = everyNTrainSteps === undefined ? {} : { everyNTrainSteps }
const trainer = new Trainer({
  devices,
  strategy: new OneParameter(),
  logger: () => new PinoLogger(rankLogger({ transport: file })),
  logEveryNSteps: 1,
  progressBar: 'none',
  maxEpochs: -1,
  callbacks: [new ModelCheckpoint({ folder: 'run', ...every })],
  ...((isValidating || isSignalledInValidation) && { valCheckInterval: 10 }),
  ...options,
})
const loader = (batches: number) => new DataLoader(new Shapes(devices * batches), { batchSize: 1 })
const validation = isValidating ? [loader(1_000_000)] : isSignalledInValidation ? [7, 7, 7].map(loader) : []
await trainer.fit(module, loader(100), validation, { ckptPath: 'last' })
