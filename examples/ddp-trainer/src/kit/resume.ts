// A program for tests: two ranks make each fit of kit/resumed-fit. Each process prints its rank and the SHA-256 of the parameters after
// each fit. The command line has the folder of the checkpoints, the number of epochs, and 'resumed' if the fits are resumed.
import { dirname } from 'node:path'
import { ModelCheckpoint, Trainer } from '../index.ts'
import { quietOptions } from './quiet-options.ts'
import { fitNet, fits, pathOf, type ResumedFit } from './resumed-fit.ts'

const [folder = '', epochs, resumed] = process.argv.slice(2)
let current = fits[0] as ResumedFit
const checkpoint = new ModelCheckpoint({ folder: () => dirname(pathOf(current, folder)) })
const trainer = new Trainer({
  devices: 2,
  maxEpochs: Number(epochs),
  callbacks: [checkpoint],
  ...quietOptions,
})
const hashes: string[] = []
for (current of fits) hashes.push(await fitNet(trainer, current, resumed && pathOf(current, folder)))
process.stdout.write(`${JSON.stringify({ rank: trainer.globalRank, hashes })}\n`)
