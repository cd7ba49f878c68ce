// Fits that are stopped after two epochs, saved and resumed.
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { DigitClassifier, defaults } from '../digit-classifier.ts'
import { digitLoaders } from '../digits.ts'
import { ModelCheckpoint, type TaskOptions, Trainer } from '../index.ts'
import { parametersHash } from '../kit/parameters-hash.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { fitNet, fits, pathOf } from '../kit/resumed-fit.ts'
import { records, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'

for (const fit of fits)
  t.test(`${JSON.stringify(fit)}: 2 epochs and 2 resumed ones train what 4 epochs train, bit for bit`, async (t) => {
    const path = pathOf(fit, temporary(t))
    const callbacks = [new ModelCheckpoint({ folder: dirname(path) })]
    const whole = await fitNet(new Trainer({ ...quietOptions, maxEpochs: 4 }), fit)
    const half = await fitNet(new Trainer({ ...quietOptions, maxEpochs: 2, callbacks }), fit)
    t.not(half, whole)
    const trainer = new Trainer({ ...quietOptions, maxEpochs: 4 })
    t.equal(await fitNet(trainer, fit, path), whole)
    t.match(trainer, { currentEpoch: 4, globalStep: 12, ckptPath: path })
  })

/** Runs the fits on two ranks that are processes. Returns the hashes of the parent, of rank 0 and of rank 1. */
async function onTwoRanks(t: Test, ...args: string[]): Promise<unknown[]> {
  const { code, stdout, stderr } = await runNode('kit/resume.js', { args }).ended
  t.equal(code, 0, stderr)
  const processes = records(stdout).sort((a, b) => Number(a.rank) - Number(b.rank))
  t.strictSame(
    processes.map(({ rank }) => rank),
    [-1, 0, 1],
  )
  return processes.map(({ hashes }) => hashes)
}

t.test('two ranks that are new processes resume fits, bit for bit', async (t) => {
  const [whole] = await onTwoRanks(t, temporary(t), '4')
  const folder = temporary(t)
  const [half] = await onTwoRanks(t, folder, '2')
  t.equal(new Set([half, whole].flat()).size, 2 * fits.length)
  t.strictSame(await onTwoRanks(t, folder, '4', 'resumed'), [whole, whole, whole])
})

t.test(
  'the classifier of digits, which moves its images at random, continues within an epoch bit for bit',
  async (t) => {
    const path = join(temporary(t), 'a.ckpt')
    const { train } = digitLoaders(16)
    const fit = async (onTrainBatchEnd: (trainer: Trainer) => unknown, options: TaskOptions) => {
      const module = new DigitClassifier(defaults.mlp)
      module.onTrainBatchEnd = () => onTrainBatchEnd(module.trainer)
      const trainer = new Trainer({ ...quietOptions, limitTrainBatches: 6 })
      await trainer.fit(module, train, [], options)
      return parametersHash(module)
    }
    const whole = await fit((trainer) => trainer.globalStep === 3 && trainer.saveCheckpoint(path), {})
    t.equal(await fit(() => {}, { ckptPath: path }), whole)
  },
)
