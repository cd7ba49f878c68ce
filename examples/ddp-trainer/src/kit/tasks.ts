// A program for tests: two ranks fit, test and predict with one trainer. Each process prints its results. The command line says what else
// happens.
import { DataLoader } from '../data/data-loader.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import { BareModule } from './bare-module.ts'
import { NoTensors, Shapes } from './no-tensors.ts'

export type Mistake =
  | 'only rank 0 reduces a metric'
  | 'the parent tests instead of predicting'
  | 'the parent tests again'
  | 'a second trainer starts ranks'

const [mistake] = process.argv.slice(2) as Mistake[]
const module = new BareModule()
const loader = new DataLoader(new Shapes(4), { batchSize: 1 })
const rank = () => module.trainer.globalRank
Object.assign(module, {
  trainingStep: () =>
    mistake === 'only rank 0 reduces a metric' && rank() === 0 && module.log('loss', 1, { syncDist: true }),
  validationStep: () => module.log('val', rank()),
  testStep: () => module.log('tested', rank() + 1),
  predictStep: () => `from ${rank()}`,
})
const create = () => new Trainer({ devices: 2, strategy: new NoTensors(), logger: silentLogger, progressBar: 'none' })
const trainer = create()
await trainer.fit(module, loader, loader)
const fitted = trainer.callbackMetrics
const tested = await trainer.test(module, loader)
const isParent = trainer.globalRank === -1
if (isParent && mistake === 'the parent tests instead of predicting') await trainer.test(module, loader)
const predicted = await trainer.predict(module, loader)
if (isParent && mistake === 'the parent tests again') await trainer.test(module, loader)
if (mistake === 'a second trainer starts ranks') await create().test(module, loader)
process.stdout.write(`${JSON.stringify({ rank: trainer.globalRank, fitted, tested, predicted })}\n`)
