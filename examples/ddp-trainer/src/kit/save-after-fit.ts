// A program for tests: two ranks and their parent save a checkpoint after a fit. The command line has its path.
import { DataLoader, Trainer } from '../index.ts'
import { BareModule } from './bare-module.ts'
import { OneParameter, Shapes } from './no-tensors.ts'
import { quietOptions } from './quiet-options.ts'

const strategy = new OneParameter()
const trainer = new Trainer({ devices: 2, strategy, ...quietOptions })
await trainer.fit(new BareModule(), new DataLoader(new Shapes(2), { batchSize: 1 }))
await trainer.saveCheckpoint(process.argv[2] ?? '')
