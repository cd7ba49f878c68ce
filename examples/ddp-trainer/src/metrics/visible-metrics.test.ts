// When a value is visible to callbacks, and when it is forgotten.
import t from 'tap'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { NoTensors, Shapes } from '../kit/no-tensors.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import type { TrainerOptions } from '../trainer/trainer-options.ts'

const loader = new DataLoader(new Shapes(6), { batchSize: 1 })
const both = { onStep: true, onEpoch: true }

function trainer(options: TrainerOptions = {}): Trainer {
  return new Trainer({ strategy: new NoTensors(), logger: false, progressBar: 'none', ...options })
}

t.test('the mean of an epoch is not visible before the end of the epoch, even after a validation', async (t) => {
  const module = new BareModule()
  const seen: string[] = []
  module.onTrainBatchEnd = () => module.log('x', 1, both)
  module.onTrainBatchStart = () => seen.push(Object.keys(module.trainer.callbackMetrics).join())
  module.onTrainEpochEnd = () => seen.push(Object.keys(module.trainer.callbackMetrics).join())
  await trainer({ valCheckInterval: 1, limitTrainBatches: 3 }).fit(module, loader, loader)
  t.strictSame(seen, ['', 'x,x_step', 'x,x_step', 'x,x_step,x_epoch'])
})

t.test('after the sanity check no metric is left', async (t) => {
  const module = new BareModule()
  module.onValidationEpochEnd = () => module.log('x', 1)
  let seen: object | undefined
  module.onTrainStart = () => {
    seen = module.trainer.callbackMetrics
  }
  await trainer({ numSanityValSteps: 1 }).fit(module, loader, loader)
  t.strictSame(seen, {})
})

t.test('a value of a step that is reduced over the ranks is visible in onTrainBatchEnd', async (t) => {
  const seen: unknown[] = []
  const options = () => ({ strategy: new NoTensors(), logger: silentLogger, progressBar: 'none' as const })
  const fits = trainers(t, 2, options).map((trainer, rank) => {
    const module = new BareModule()
    module.onAfterBackward = () => module.log('x', rank, { syncDist: true })
    module.onTrainBatchEnd = () => seen.push(trainer.callbackMetrics)
    return trainer.fit(module, new DataLoader(new Shapes(2), { batchSize: 1 }))
  })
  await Promise.all(fits)
  t.strictSame(seen, [{ x: 0.5 }, { x: 0.5 }])
})

t.test(
  'a value that is logged after its mean was read counts too, and outside of a batch its weight is 1',
  async (t) => {
    const module = new BareModule()
    module.onTrainEpochEnd = () => {
      module.log('x', 1, { batchSize: 3 })
      t.strictSame(module.trainer.callbackMetrics, { x: 1 })
      module.log('x', 5)
    }
    const one = trainer()
    await one.fit(module, new DataLoader(new Shapes(8), { batchSize: 4 }))
    t.strictSame(one.callbackMetrics, { x: 2 })
  },
)

t.test('log() outside of a hook is an error', async (t) => {
  const module = new BareModule()
  const one = trainer()
  await one.fit(module, loader)
  t.throws(() => one.log('x', 1), /log\('x'\) in no hook/)
})
