// A program for tests: some ranks make all fits of kit/equal-fit. Each writes its results to a file N.json, because a long line
// could be torn in their common stdout. The command line has the number of ranks, the folder of these files, and a folder with
// checkpoints: 'save' writes them, 'resume' also continues from them.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Trainer } from '../index.ts'
import { checkpointOf, type EqualFitResult, equalFits, runEqualFit } from './equal-fit.ts'
import { quietOptions } from './quiet-options.ts'

type Arguments = [devices: string, results: string, folder?: string, checkpoints?: 'save' | 'resume']

const [devices, results, folder = '', checkpoints] = process.argv.slice(2) as Arguments
const trainer = new Trainer({ devices: Number(devices), maxEpochs: 2, ...quietOptions })
const whole: EqualFitResult[] = []
const resumed: EqualFitResult[] = []
for (const fit of equalFits) {
  const path = checkpointOf(fit, folder)
  whole.push(await runEqualFit(trainer, fit, checkpoints === 'save' ? { savedAs: path } : {}))
  if (checkpoints === 'resume') resumed.push(await runEqualFit(trainer, fit, { ckptPath: path }))
}
if (trainer.globalRank >= 0)
  writeFileSync(join(results, `${trainer.globalRank}.json`), JSON.stringify({ whole, resumed }))
