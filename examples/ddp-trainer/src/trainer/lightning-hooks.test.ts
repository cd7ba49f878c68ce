// Compares the order of the hooks with that of Lightning 2.6.1; see fixtures/README.md.
import t from 'tap'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { camelCase, readVector } from '../kit/lightning-vectors.ts'
import { NoTensors, Shapes } from '../kit/no-tensors.ts'
import { Callback } from './callback.ts'
import type { Module } from './module.ts'
import { Trainer } from './trainer.ts'
import type { TrainerOptions } from './trainer-options.ts'

/** Methods of Lightning's module that this trainer does not have; the README says why. */
const absent = [
  ...['configure_callbacks', 'train_dataloader', 'val_dataloader', 'test_dataloader'],
  ...['on_before_batch_transfer', 'transfer_batch_to_device', 'on_after_batch_transfer'],
  ...['on_validation_model_eval', 'on_validation_model_zero_grad', 'on_test_model_eval'],
  ...['optimizer_step', 'optimizer_zero_grad', 'backward', 'configure_gradient_clipping', 'lr_scheduler_step'],
]

type Methods = Record<string, () => unknown>

/** Returns an object that records each call of a method that it does not have. */
function recorder<T extends object>(target: T, record: (name: string) => void, without: string[] = []): T {
  return new Proxy(target, {
    get(object, name, receiver) {
      const value = Reflect.get(object, name, receiver)
      const isHook = /^on[A-Z]|Step$|^setup$|^teardown$|^configureOptimizers$/.test(String(name))
      if (!isHook || name === 'globalStep' || without.includes(String(name))) return value
      return () => {
        record(String(name))
        return (object as Methods)[String(name)]?.()
      }
    },
  })
}

class Fails extends BareModule {
  override trainingStep(): never {
    throw new Error('in the training step')
  }
}

const train = new DataLoader(new Shapes(2), { batchSize: 1 })
const val = new DataLoader(new Shapes(1), { batchSize: 1 })
const cases: [name: string, options: TrainerOptions, run: (trainer: Trainer, module: Module) => Promise<unknown>][] = [
  ['fit', { maxEpochs: 2, numSanityValSteps: 1 }, (trainer, module) => trainer.fit(module, train, val)],
  ['fit_accum2_no_val', { accumulateGradBatches: 2 }, (trainer, module) => trainer.fit(module, train)],
  ['fit_val_interval_1', { valCheckInterval: 1 }, (trainer, module) => trainer.fit(module, train, val)],
  ['validate', {}, (trainer, module) => trainer.validate(module, val)],
  ['test', {}, (trainer, module) => trainer.test(module, val)],
  ['fit_exception_in_training_step', {}, (trainer, module) => trainer.fit(module, train, val).catch(() => {})],
]

const vectors = readVector<Record<string, string[]>>('hooks')

t.test('every order of Lightning is compared', async (t) => {
  const names = Object.keys(vectors).filter((name) => Array.isArray(vectors[name]))
  t.same(
    names,
    cases.map(([name]) => name),
  )
})

for (const [name, options, run] of cases) {
  t.test(`${name}: the hooks run in the order of Lightning`, async (t) => {
    const calls: string[] = []
    const callback = recorder(new Callback(), (hook) => calls.push(`cb.${hook}`))
    const isFailing = name.includes('exception')
    const module = recorder(isFailing ? new Fails() : new BareModule(), (hook) => calls.push(`m.${hook}`), [
      'onSanityCheckStart',
      'onSanityCheckEnd',
    ])
    const strategy = new NoTensors()
    const trainer = new Trainer({ ...options, callbacks: [callback], strategy, logger: false, progressBar: 'none' })
    await run(trainer, module)
    const expected = vectors[name]
      ?.filter((hook) => !absent.includes(hook.replace('m.', '')) && !hook.startsWith('RAISED'))
      .map(camelCase)
    t.strictSame(calls, expected)
  })
}
