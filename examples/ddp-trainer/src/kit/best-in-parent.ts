// A program for tests: two ranks and their parent print the files of a ModelCheckpoint after a fit. The command line has the folder.
import { DataLoader, ModelCheckpoint, Trainer } from '../index.ts'
import { BareModule } from './bare-module.ts'
import { OneParameter, Shapes } from './no-tensors.ts'
import { quietOptions } from './quiet-options.ts'

const loader = new DataLoader(new Shapes(2), { batchSize: 1 })
const checkpoint = new ModelCheckpoint({ folder: process.argv[2] ?? '', monitor: 'loss' })
const module = new BareModule()
module.validationStep = () => module.log('loss', 2 - module.currentEpoch)
const options = { devices: 2, maxEpochs: 2, strategy: new OneParameter(), callbacks: [checkpoint] }
const trainer = new Trainer({ ...quietOptions, ...options })
await trainer.fit(module, loader, loader)
process.stdout.write(`${JSON.stringify({ rank: trainer.globalRank, files: checkpoint.files })}\n`)
