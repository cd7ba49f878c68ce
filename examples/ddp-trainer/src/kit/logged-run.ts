// A program for tests: a fit of two ranks with the loggers of Lightning, whose options are JSON on the command line. Each rank prints
// the directories of its loggers.
import { DataLoader } from '../data/data-loader.ts'
import { CSVLogger, type RunPlace, TensorBoardLogger } from '../loggers/run-loggers.ts'
import { Trainer } from '../trainer/trainer.ts'
import { BareModule } from './bare-module.ts'
import { NoTensors, Shapes } from './no-tensors.ts'

const place: string | RunPlace = JSON.parse(process.argv[2] ?? '"runs"')
const logger = [new CSVLogger(place), new TensorBoardLogger(place)]
const module = new BareModule()
module.saveHyperparameters({ lr: 0.5, name: 'net', limits: { gradient: Number.POSITIVE_INFINITY } })
Object.assign(module, {
  onTrainBatchEnd(_batch: unknown, batchIdx: number) {
    module.log('loss', batchIdx / 4)
    module.log('low', Number.NEGATIVE_INFINITY)
  },
  onFitEnd: () => process.stdout.write(`${JSON.stringify({ dirs: logger.map(({ logDir }) => logDir) })}\n`),
})
const options = { devices: 2, strategy: new NoTensors(), logger, logEveryNSteps: 1, progressBar: 'none' as const }
await new Trainer(options).fit(module, new DataLoader(new Shapes(4), { batchSize: 1 }))
