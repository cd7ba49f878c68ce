// A program for tests: an endless fit that logs each step to CSVLogger, TensorBoardLogger and train.log, all in the folder `run`. Rank 0
// prints each step. The options are JSON on the command line.
import { rankLogger } from 'pino-rank'
import { DataLoader } from '../data/data-loader.ts'
import { CSVLogger, TensorBoardLogger } from '../loggers/run-loggers.ts'
import { PinoLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import { BareModule } from './bare-module.ts'
import { NoTensors, Shapes } from './no-tensors.ts'

export interface SignalledRunOptions {
  devices: number
  /** Rank that throws after 50 steps. */
  throws?: number
  /** How the program itself listens to SIGTERM, at which it then ends the fit. */
  listens?: 'on' | 'once'
}

const { devices, throws, listens }: SignalledRunOptions = JSON.parse(process.argv[2] as string)

const place = { saveDir: 'run', name: '', version: '' }
const file = { target: 'pino-rank-file', options: { path: 'run/train.log' } }
const logger = () => [
  new CSVLogger(place),
  new TensorBoardLogger(place),
  new PinoLogger(rankLogger({ transport: file })),
]
const module = new BareModule()
Object.assign(module, {
  onTrainBatchEnd() {
    module.log('loss', 1)
    if (trainer.globalRank === throws && module.globalStep === 50) throw new Error('a broken batch')
    if (trainer.globalRank === 0) process.stdout.write(`step ${module.globalStep}\n`)
  },
})
const options = { devices, strategy: new NoTensors(), logger, logEveryNSteps: 1, progressBar: 'none' as const }
const trainer = new Trainer({ ...options, maxEpochs: -1 })
if (listens)
  process[listens]('SIGTERM', () => {
    trainer.shouldStop = true
  })
await trainer.fit(module, new DataLoader(new Shapes(devices * 100), { batchSize: 1 }))
