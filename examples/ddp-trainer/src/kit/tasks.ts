// A program for tests: two ranks fit, test and predict with one trainer. With 'disagrees', only rank 0 reduces a metric. Prints results.
import { DataLoader } from '../data/data-loader.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import { BareModule } from './bare-module.ts'
import { NoTensors, Shapes } from './no-tensors.ts'

const [disagrees] = process.argv.slice(2)
const module = new BareModule()
const loader = new DataLoader(new Shapes(4), { batchSize: 1 })
const rank = () => module.trainer.globalRank
Object.assign(module, {
  trainingStep: () => disagrees && rank() === 0 && module.log('loss', 1, { syncDist: true }),
  validationStep: () => module.log('val', rank()),
  testStep: () => module.log('tested', rank() + 1),
  predictStep: () => `from ${rank()}`,
})
const trainer = new Trainer({ devices: 2, strategy: new NoTensors(), logger: silentLogger, progressBar: 'none' })
await trainer.fit(module, loader, loader)
const tested = await trainer.test(module, loader)
const predicted = await trainer.predict(module, loader)
process.stdout.write(`${JSON.stringify({ tested, predicted, metrics: trainer.callbackMetrics })}\n`)
