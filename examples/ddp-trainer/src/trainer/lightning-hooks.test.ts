// Compares the order of the hooks with that of Lightning 2.6.1; see fixtures/README.md.
import { join } from 'node:path'
import t from 'tap'
import { ModelCheckpoint } from '../checkpoints/model-checkpoint.ts'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { camelCase, readVector } from '../kit/lightning-vectors.ts'
import { NoTensors, OneParameter, Shapes } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { temporary } from '../kit/temporary.ts'
import { Callback } from './callback.ts'
import type { Module } from './module.ts'
import { Trainer } from './trainer.ts'
import type { TrainerOptions } from './trainer-options.ts'

/** Methods of Lightning's module that this trainer does not have; docs/logging.md says why. */
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

class FailingModule extends BareModule {
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

/** Returns the hooks that run: `cb.` is before those of a callback, and `m.` before those of the module. */
async function record(
  target: Module,
  { callbacks = [], ...options }: TrainerOptions,
  run: (trainer: Trainer, module: Module) => Promise<unknown>,
): Promise<string[]> {
  const calls: string[] = []
  const callback = recorder(new Callback(), (hook) => calls.push(`cb.${hook}`))
  const without = ['onSanityCheckStart', 'onSanityCheckEnd']
  const module = recorder(target, (hook) => calls.push(`m.${hook}`), without)
  const common: TrainerOptions = { ...quietOptions, strategy: new NoTensors() }
  await run(new Trainer({ ...common, ...options, callbacks: [...callbacks, callback] }), module)
  return calls
}

/** Returns what Lightning calls, without the methods that this trainer does not have. */
function expected(name: string): string[] {
  const hooks = vectors[name] ?? []
  return hooks.filter((hook) => !absent.includes(hook.replace('m.', '')) && !hook.startsWith('RAISED')).map(camelCase)
}

for (const [name, options, run] of cases) {
  t.test(`${name}: the hooks run in the order of Lightning`, async (t) => {
    const module = name.includes('exception') ? new FailingModule() : new BareModule()
    t.strictSame(await record(module, options, run), expected(name))
  })
}

// The fixture has no checkpoints. In Lightning 2.6.1 `Trainer._run`, `_CheckpointConnector` and `FitLoop.on_advance_end` have this order.
t.test('a fit that saves and one that continues call the hooks of checkpoints where Lightning does', async (t) => {
  const folder = temporary(t)
  const fit = (ckptPath?: string) => (trainer: Trainer, module: Module) =>
    trainer.fit(module, train, val, ckptPath === undefined ? {} : { ckptPath })
  const options = (maxEpochs: number) => ({
    maxEpochs,
    numSanityValSteps: 1,
    strategy: new OneParameter(),
    callbacks: [new ModelCheckpoint({ folder })],
  })
  const twoEpochs = expected('fit').flatMap((hook) =>
    hook === 'm.onTrainEpochEnd' ? [hook, 'cb.onSaveCheckpoint', 'm.onSaveCheckpoint'] : [hook],
  )
  t.strictSame(await record(new BareModule(), options(2), fit()), twoEpochs)

  await record(new BareModule(), options(1), fit())
  const first = twoEpochs.indexOf('cb.onTrainEpochStart')
  const second = twoEpochs.lastIndexOf('cb.onTrainEpochStart')
  const continued = [
    ...twoEpochs.slice(0, twoEpochs.indexOf('cb.onSanityCheckStart')),
    ...twoEpochs.slice(twoEpochs.indexOf('cb.onTrainStart'), first),
    ...twoEpochs.slice(second),
  ]
  continued.splice(continued.indexOf('m.configureOptimizers'), 0, 'm.onLoadCheckpoint', 'cb.onLoadCheckpoint')
  t.strictSame(await record(new BareModule(), options(2), fit(join(folder, 'last.ckpt'))), continued)
})

t.test('validate and test with a checkpoint load it after setup', async (t) => {
  const folder = temporary(t)
  const callbacks = [new ModelCheckpoint({ folder })]
  const strategy = new OneParameter()
  await record(new BareModule(), { callbacks, strategy }, (trainer, module) => trainer.fit(module, train))
  const ckptPath = join(folder, 'last.ckpt')
  for (const task of ['validate', 'test'] as const) {
    const hooks = expected(task)
    hooks.splice(hooks.indexOf('m.setup') + 1, 0, 'm.onLoadCheckpoint', 'cb.onLoadCheckpoint')
    t.strictSame(
      await record(new BareModule(), { strategy }, (trainer, module) => trainer[task](module, val, { ckptPath })),
      hooks,
    )
  }
})
