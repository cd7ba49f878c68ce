// Compares which calls of log() throw with those of Lightning 2.6.1; see fixtures/README.md.
import t, { type Test } from 'tap'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { camelCase, readVector } from '../kit/lightning-vectors.ts'
import { NoTensors, Shapes } from '../kit/no-tensors.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { Callback } from '../trainer/callback.ts'
import type { Module } from '../trainer/module.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import type { TrainerOptions } from '../trainer/trainer-options.ts'

type Call = [name: unknown, value: unknown, options?: object]

/** A misuse: the hook, its calls of log(), and what else is not as usual. */
interface Misuse {
  hook: string
  calls: Call[]
  isCallback?: boolean
  worldSize?: number
  logger?: false
}

const once = (value: unknown, options?: object): Misuse => ({ hook: 'trainingStep', calls: [['x', value, options]] })
const twice = (first: object, second: object): Misuse => ({
  hook: 'trainingStep',
  calls: [
    ['x', 1, first],
    ['x', 2, second],
  ],
})
const inHook = (hook: string, options?: object): Misuse => ({ hook, calls: [['x', 1, options]] })

const misuses: Record<string, Misuse> = {
  'callback on_fit_start: pl_module.log': { ...inHook('onFitStart'), isCallback: true },
  'callback on_train_batch_end: pl_module.log': { ...inHook('onTrainBatchEnd'), isCallback: true },
  'predict_step: log': inHook('predictStep'),
  'training_step: on_step=False,on_epoch=False': once(1, { onStep: false, onEpoch: false }),
  'on_train_epoch_end: on_step=True': inHook('onTrainEpochEnd', { onStep: true }),
  'on_train_epoch_end: on_epoch=False': inHook('onTrainEpochEnd', { onEpoch: false }),
  'on_train_epoch_end: prog_bar=True': inHook('onTrainEpochEnd', { progBar: true }),
  'on_fit_end: prog_bar=True': inHook('onFitEnd', { progBar: true }),
  'training_step: twice, same options': twice({}, {}),
  'training_step: twice, prog_bar differs': twice({}, { progBar: true }),
  'training_step: twice, reduce_fx differs': twice({}, { reduceFx: 'max' }),
  'training_step: twice, sync_dist differs': twice({}, { syncDist: true }),
  'training_step under 2-rank DDP: twice, sync_dist differs': { ...twice({}, { syncDist: true }), worldSize: 2 },
  'training_step: twice, batch_size differs': twice({ batchSize: 1 }, { batchSize: 2 }),
  'training_step: non-scalar tensor': once({ size: 2, dataSync: () => [1, 1] }),
  'training_step: 1-element tensor': once({ size: 1, dataSync: () => [1] }),
  'training_step: string': once('hello'),
  'training_step: list': once([1, 2]),
  'training_step: None': once(null),
  'training_step: dict value': once({ a: 1 }),
  'training_step: bool': once(true),
  "training_step: reduce_fx='median'": once(1, { reduceFx: 'median' }),
  'training_step: reduce_fx=torch.std': once(1, { reduceFx: Math.max }),
  'training_step: name has /dataloader_idx_': { hook: 'trainingStep', calls: [['x/dataloader_idx_0', 1]] },
  'training_step: name not a string': { hook: 'trainingStep', calls: [[1, 1]] },
  'training_step: logger=False trainer': { ...once(1), logger: false },
  'training_step: logger=False trainer, log(logger=True)': { ...once(1, { logger: true }), logger: false },
}

/** Cases that are not calls of log(), or that this trainer treats otherwise on purpose; docs/logging.md says why. */
const notCompared = [
  ...['optimizer_zero_grad', 'prepare_data'].map((hook) => `${hook}: log('x', 1.)`),
  ...["training_step: reduce_fx='avg'", 'trainer.log(...)', 'no trainer: log'],
  ...['on_fit_start: trainer.train_dataloader', 'on_train_start: trainer.train_dataloader'],
  'CSVLogger.log_hyperparams after fit start',
]

/** Makes the calls in a fit or a prediction. Rejects if a call throws. */
async function play(t: Test, { hook, calls, isCallback, worldSize = 1, logger }: Misuse): Promise<void> {
  const loader = new DataLoader(new Shapes(worldSize), { batchSize: 1 })
  const modules = Array.from({ length: worldSize }, () => new BareModule())
  const options = (rank: number): TrainerOptions => {
    const callback = new Callback()
    const log = () => {
      for (const [name, value, options] of calls) modules[rank]?.log(name as string, value as number, options)
    }
    Object.assign((isCallback ? callback : modules[rank]) as object, { [hook]: log })
    return { callbacks: [callback], strategy: new NoTensors(), logger: logger ?? silentLogger, progressBar: 'none' }
  }
  const ranks = trainers(t, worldSize, options).map((trainer, rank) => {
    const module = modules[rank] as Module
    return hook === 'predictStep' ? trainer.predict(module, loader) : trainer.fit(module, loader, loader)
  })
  await Promise.all(ranks)
}

const { cases } = readVector<{ cases: Record<string, string> }>('misuse')

for (const [name, outcome] of Object.entries(cases)) {
  if (notCompared.includes(name)) continue
  const isOk = outcome.startsWith('ok')
  t.test(`${name}: ${isOk ? 'ok' : 'throws'}`, async (t) => {
    const misuse = misuses[name] ?? inHook(camelCase(name.replace(": log('x', 1.)", '')))
    if (isOk) await t.resolves(play(t, misuse))
    else await t.rejects(play(t, misuse), { message: /^log\('.*'\) in \w+: / })
  })
}

const wrongValues: [value: unknown, text: string][] = [
  [{ size: 2, shape: [2], dataSync: () => [1, 1] }, 'a tensor of shape [2]'],
  [{ size: 6, shape: [2, 3], dataSync: () => [1, 2, 3, 4, 5, 6] }, 'a tensor of shape [2,3]'],
  [{ a: 1 }, 'an object'],
  ['hello', 'a string'],
  [null, 'null'],
  [[1, 2], '[1,2]'],
]
for (const [value, text] of wrongValues)
  t.test(`the error for ${JSON.stringify(value)} says that it is ${text}`, async (t) => {
    const message = `log('x') in trainingStep: the value must be a number or a tensor with one element, not ${text}`
    await t.rejects(play(t, once(value)), { message })
  })

t.test('without a trainer log() does nothing', async (t) => {
  t.doesNotThrow(() => new BareModule().log('x', 1))
})
