import { existsSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { mixSeeds } from '../data/random.ts'
import { Callback, DataLoader, ModelCheckpoint, Trainer } from '../index.ts'
import { BareModule } from '../kit/bare-module.ts'
import { NoTensors, OneParameter, Shapes } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import type { TrainerOptions } from '../trainer/trainer-options.ts'
import { readCheckpoint } from './checkpoint-file.ts'

const loader = new DataLoader(new Shapes(6), { batchSize: 1 })

function trainer(options: TrainerOptions = {}): Trainer {
  return new Trainer({ ...quietOptions, strategy: new OneParameter(), ...options })
}

/** Saves a checkpoint after a fit. */
async function saveAfterFit(path: string, maxEpochs: number, data: DataLoader = loader): Promise<void> {
  const one = trainer({ maxEpochs })
  await one.fit(new BareModule(), data)
  await one.saveCheckpoint(path)
}

/** Saves a checkpoint in one hook. */
class SaveInHook extends Callback {
  constructor(hook: 'onTrainBatchEnd' | 'onValidationEnd' | 'onTrainEnd', path: string, when: (t: Trainer) => boolean) {
    super()
    this[hook] = async (trainer: Trainer) => {
      if (when(trainer)) await trainer.saveCheckpoint(path)
    }
  }
}

t.test('a checkpoint has the state of the fit and what hooks add', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const callback = new Callback()
  callback.onSaveCheckpoint = (_trainer, _module, checkpoint) =>
    Object.assign(checkpoint, { best: 3, order: ['callback'] })
  const module = new BareModule()
  module.saveHyperparameters({ lr: 0.1 })
  module.onSaveCheckpoint = (checkpoint) => (checkpoint.order as string[]).push('module')
  const one = trainer({ maxEpochs: 2, callbacks: [callback] })
  await one.fit(module, loader)
  await one.saveCheckpoint(path)
  t.strictSame((await readCheckpoint(path, 0)).checkpoint, {
    currentEpoch: 2,
    globalStep: 12,
    globalBatchSize: 1,
    hparams: { lr: 0.1 },
    parameters: [{ shape: [1], values: Float32Array.of(12) }],
    optimizer: { steps: 12, learningRate: 1 },
    position: {
      isStarted: false,
      batches: 0,
      remaining: 'nothing',
      accumulated: 0,
      step: 12,
      validationBatches: [],
      batchesOfEpoch: 6,
      batchSize: 1,
      accumulateGradBatches: 1,
    },
    ranks: [
      {
        random: mixSeeds(0, 0),
        metrics: { views: { callback: {}, logged: {}, progressBar: {} }, train: [] },
        gradients: undefined,
      },
    ],
    best: 3,
    order: ['callback', 'module'],
  })
})

t.test('a hook may catch the error of saveCheckpoint, and then log', async (t) => {
  const module = new BareModule()
  module.onSaveCheckpoint = () => {
    throw new Error('staged by a test')
  }
  module.onTrainBatchEnd = async () => {
    await t.rejects(module.trainer.saveCheckpoint(join(temporary(t), 'a.ckpt')), /staged by a test/)
    module.log('x', 1)
  }
  const one = trainer()
  await one.fit(module, loader)
  t.match(one.callbackMetrics, { x: 1 })
})

const moments: [hook: 'onTrainBatchEnd' | 'onValidationEnd' | 'onTrainEnd', step: number, epoch: number][] = [
  ['onTrainBatchEnd', 8, 1],
  ['onTrainBatchEnd', 12, 1],
  ['onValidationEnd', 6, 0],
  ['onTrainEnd', 18, 3],
]
for (const [hook, step, epoch] of moments)
  t.test(`a fit that was saved in ${hook} at step ${step} continues with epoch ${epoch}`, async (t) => {
    const path = join(temporary(t), 'a.ckpt')
    const callbacks = [new SaveInHook(hook, path, ({ globalStep }) => globalStep === step)]
    await trainer({ maxEpochs: 3, callbacks }).fit(new BareModule(), loader, loader)
    const module = new BareModule()
    const seen: number[][] = []
    module.onFitStart = () => seen.push([module.currentEpoch, module.globalStep])
    await trainer({ maxEpochs: 4 }).fit(module, loader, [], { ckptPath: path })
    t.strictSame(seen, [[epoch, step]])
    t.match(module.trainer, { currentEpoch: 4, globalStep: 24 })
  })

t.test('validations across epochs are due after the same batches as without a stop', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  await saveAfterFit(path, 1)
  const module = new BareModule()
  const steps: number[] = []
  module.onValidationStart = () => steps.push(module.globalStep)
  const options = { maxEpochs: 3, valCheckInterval: 4, checkValEveryNEpoch: null }
  await trainer(options).fit(module, loader, loader, { ckptPath: path })
  t.strictSame(steps, [8, 12, 16])
})

t.test('hooks run on every rank, and may contain collectives, but only rank 0 writes the file', async (t) => {
  const folder = temporary(t)
  const sums: number[][] = []
  const ranks = trainers(t, 2, (rank) => ({
    ...quietOptions,
    strategy: new OneParameter(),
    callbacks: [new ModelCheckpoint({ folder: join(folder, `${rank}`) })],
  }))
  const fits = ranks.map(async (trainer) => {
    const module = new BareModule()
    module.onSaveCheckpoint = async () => sums.push(await trainer.sum(trainer.globalRank + 1))
    await trainer.fit(module, loader)
  })
  await Promise.all(fits)
  t.strictSame(sums, [[3], [3]])
  t.strictSame(readdirSync(folder, { recursive: true }).sort(), ['0', join('0', 'last.ckpt')])
})

t.test(
  'if rank 0 cannot write the file, its fit rejects with the path, and the other ranks reject with NeighbourLost',
  async (t) => {
    const folder = temporary(t)
    mkdirSync(join(folder, 'last.ckpt'))
    const callbacks = [new ModelCheckpoint({ folder })]
    const ranks = trainers(t, 2, () => ({ ...quietOptions, strategy: new OneParameter(), callbacks, maxEpochs: 2 }))
    const results = await Promise.allSettled(ranks.map((trainer) => trainer.fit(new BareModule(), loader)))
    t.match(results, [
      { reason: { message: /^Trainer: cannot write the checkpoint .*last.ckpt: E/ } },
      { reason: { name: 'NeighbourLost' } },
    ])
  },
)

t.test('a rank whose file is missing or differs from that of rank 0 rejects and names the file', async (t) => {
  const folder = temporary(t)
  const path = (name: string) => join(folder, name)
  const data = new DataLoader(new Shapes(6), { globalBatchSize: 2 })
  await saveAfterFit(path('a.ckpt'), 1, data)
  await saveAfterFit(path('b.ckpt'), 2, data)
  const cases: [ofRankOne: string, message: RegExp][] = [
    ['missing.ckpt', /^Trainer: rank 1 cannot read the checkpoint .*missing.ckpt: ENOENT/],
    ['b.ckpt', /^Trainer: rank 1 read another checkpoint from .*b.ckpt than rank 0; put the file on a disk that all/],
  ]
  for (const [ofRankOne, message] of cases) {
    const ranks = trainers(t, 2, () => ({ ...quietOptions, strategy: new OneParameter(), maxEpochs: 3 }))
    const fits = ranks.map((trainer, rank) =>
      trainer.fit(new BareModule(), data, [], { ckptPath: path(rank === 1 ? ofRankOne : 'a.ckpt') }),
    )
    t.match(await Promise.allSettled(fits), [{ reason: { name: 'NeighbourLost' } }, { reason: { message } }])
  }
})

t.test('a fit cannot continue from a checkpoint without an optimizer, or after its last epoch', async (t) => {
  const folder = temporary(t)
  const path = (name: string) => join(folder, name)
  const strategy = Object.assign(new OneParameter(), { readOptimizer: async () => undefined })
  const validated = trainer({ strategy })
  await validated.validate(new BareModule(), loader)
  await validated.saveCheckpoint(path('parameters.ckpt'))
  await saveAfterFit(path('two.ckpt'), 2)
  await t.rejects(trainer().fit(new BareModule(), loader, [], { ckptPath: path('parameters.ckpt') }), {
    message:
      /^Trainer: the checkpoint .*parameters.ckpt has no optimizer state, because it was saved before the first fit/,
  })
  await t.rejects(trainer().fit(new BareModule(), loader, [], { ckptPath: path('two.ckpt') }), {
    message: /^Trainer: maxEpochs must be at least 2, the epochs of the checkpoint .*two.ckpt, not 1/,
  })
  await t.resolves(trainer().test(new BareModule(), loader, { ckptPath: path('two.ckpt') }))
})

t.test(
  'a fit with another global batch size than the checkpoint is rejected, and the error says how to fix it',
  async (t) => {
    const path = join(temporary(t), 'a.ckpt')
    const batches = (batchSize: number) => new DataLoader(new Shapes(48), { batchSize })
    const saved = trainer({ accumulateGradBatches: 3 })
    await saved.fit(new BareModule(), batches(4))
    await saved.saveCheckpoint(path)
    const start = `Trainer: the checkpoint ${path} has the global batch size 12, but this fit has`
    const set = (size: number) => `set batchSize: ${size} or globalBatchSize: ${size} of the training DataLoader`
    const other = 'use another number of ranks or another accumulateGradBatches'
    const mistakes: [accumulateGradBatches: number, batchSize: number, fix: string][] = [
      [1, 4, set(12)],
      [3, 2, set(4)],
      [5, 2, other],
    ]
    const resume = (options: TrainerOptions, batchSize: number) =>
      trainer({ ...options, maxEpochs: 2 }).fit(new BareModule(), batches(batchSize), [], { ckptPath: path })
    for (const [accumulateGradBatches, batchSize, fix] of mistakes) {
      const product = `worldSize 1 × batchSize ${batchSize} × accumulateGradBatches ${accumulateGradBatches}`
      const message = `${start} ${batchSize * accumulateGradBatches} (${product}); ${fix}`
      await t.rejects(resume({ accumulateGradBatches }, batchSize), { name: 'RangeError', message })
    }
    for (const [accumulateGradBatches, batchSize] of [[1, 12], [2, 6], [3, 4]] as const) // biome-ignore format: pairs
      await t.resolves(resume({ accumulateGradBatches }, batchSize))
    await t.resolves(trainer().test(new BareModule(), batches(5), { ckptPath: path }), 'a test may have any batch size')
  },
)

t.test('a strategy that cannot read or write its state is rejected', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const one = trainer({ strategy: new NoTensors() })
  await one.fit(new BareModule(), loader)
  await t.rejects(one.saveCheckpoint(path), {
    message: 'Trainer: saveCheckpoint needs a strategy with the methods readParameters and readOptimizer',
  })
  t.notOk(existsSync(path))
  await t.rejects(one.fit(new BareModule(), loader, [], { ckptPath: path }), {
    message: 'Trainer: ckptPath needs a strategy with the methods writeParameters and writeOptimizer',
  })
})

t.test('saveCheckpoint before the first task is rejected, and so is one in the parent of the ranks', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const message = /^Trainer: call saveCheckpoint on the ranks, in a hook or after a task; not in their parent/
  await t.rejects(trainer().saveCheckpoint(path), { message })
  const { code, stderr } = await runNode('kit/save-after-fit.js', { args: [path] }).ended
  t.equal(code, 1)
  t.match(stderr, message.source.slice(1))
  t.match((await readCheckpoint(path, 0)).checkpoint, { currentEpoch: 1, globalStep: 1 }, 'rank 0 has saved')
})
