// A program for tests: some ranks make all fits of kit/equal-fit. Each prints its rank and the results. The command
// line has the number of ranks, and a folder with checkpoints: 'save' writes them, 'resume' also continues from them.
import { Trainer } from '../index.ts'
import { checkpointOf, type EqualFitResult, equalFits, runEqualFit } from './equal-fit.ts'
import { quietOptions } from './quiet-options.ts'

const [devices, folder = '', checkpoints] = process.argv.slice(2) as [string, string?, ('save' | 'resume')?]
const trainer = new Trainer({ devices: Number(devices), maxEpochs: 2, ...quietOptions })
const whole: EqualFitResult[] = []
const resumed: EqualFitResult[] = []
for (const fit of equalFits) {
  const path = checkpointOf(fit, folder)
  whole.push(await runEqualFit(trainer, fit, checkpoints === 'save' ? { savedAs: path } : {}))
  if (checkpoints === 'resume') resumed.push(await runEqualFit(trainer, fit, { ckptPath: path }))
}
if (trainer.globalRank >= 0) process.stdout.write(`${JSON.stringify({ rank: trainer.globalRank, whole, resumed })}\n`)
