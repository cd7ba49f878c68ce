// A program for tests: a fit and a test of two ranks, or of this process alone, that write numbered lines to the terminal while the
// bars are drawn. Its options are JSON on the command line.
import { writeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { DataLoader } from '../data/data-loader.ts'
import type { ProgressStyle } from '../progress/progress.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import { BareModule } from './bare-module.ts'
import { NoTensors, Shapes } from './no-tensors.ts'

export interface LoggedFitOptions {
  devices: number
  progressBar?: ProgressStyle
  /** The last rank throws an error in this batch. */
  failsAt?: number
  /** The training does not end. The process that draws prints its id. */
  isEndless?: boolean
}

const { devices, failsAt, isEndless, progressBar }: LoggedFitOptions = JSON.parse(process.argv[2] ?? '{}')
const stepMs = 20
const module = new BareModule()
const loader = (batches: number) => new DataLoader(new Shapes(batches * devices), { batchSize: 1 })
let line = 0

/** Writes two lines that bypass Node's streams, as pino and native libraries do. A single rank also writes a line in two parts. */
async function write(): Promise<void> {
  const text = () => `rank ${module.trainer.globalRank} line ${line++}`
  // of several ranks, another one could write between the parts
  if (devices === 1) for (const part of `${text()}\n`.split(/(?=line)/)) process.stderr.write(part)
  writeSync(1, `${text()}\n`)
  writeSync(2, `${text()} ${'x'.repeat(40)}\n`)
  await setTimeout(stepMs)
}

Object.assign(module, {
  async onTrainBatchStart(_batch: unknown, batchIdx: number) {
    await write()
    if (batchIdx === failsAt && module.trainer.globalRank === devices - 1) throw new Error('staged by a test')
    module.log('loss', batchIdx, { progBar: true })
  },
  onValidationBatchStart: write,
  onTestBatchStart: write,
  testStep: () => module.log('tested', 0.5),
})
const maxEpochs = isEndless ? -1 : 2
const options = { devices, maxEpochs, strategy: new NoTensors(), logger: silentLogger, logEveryNSteps: 1 }
const trainer = new Trainer({ ...options, ...(progressBar && { progressBar }) })
const { globalRank: rank } = trainer
process.on('exit', () => writeSync(1, rank >= 0 ? `${line} lines of rank ${rank}\n` : ''))
if (isEndless && !process.env.RANK) writeSync(1, `pid ${process.pid}\n`)
await trainer.fit(module, loader(20), loader(10))
await trainer.test(module, loader(10))
