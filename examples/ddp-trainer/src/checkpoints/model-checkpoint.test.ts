import { cpSync, existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Callback, ModelCheckpoint, type ModelCheckpointOptions, Trainer, type TrainerOptions } from '../index.ts'
import { BareModule } from '../kit/bare-module.ts'
import { fit, Losses, loader } from '../kit/checkpointed-fit.ts'
import { OneParameter } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { records, runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import { readCheckpoint } from './checkpoint-file.ts'

const monitor = 'val/loss'

t.test('the best checkpoints by a metric are kept, and last.ckpt', async (t) => {
  const folder = temporary(t)
  const { checkpoint } = await fit([5, 3, Number.NaN, 4, 1], {
    folder,
    monitor,
    saveTopK: 2,
    filename: '{epoch}-{val/loss:.0f}',
  })
  t.strictSame(readdirSync(folder).sort(), ['epoch=1-val_loss=3.ckpt', 'epoch=4-val_loss=1.ckpt', 'last.ckpt'])
  const path = (name: string) => join(folder, name)
  t.match(checkpoint, {
    bestModelPath: path('epoch=4-val_loss=1.ckpt'),
    bestModelScore: 1,
    kthBestModelPath: path('epoch=1-val_loss=3.ckpt'),
    lastModelPath: path('last.ckpt'),
    bestKModels: { [path('epoch=4-val_loss=1.ckpt')]: 1, [path('epoch=1-val_loss=3.ckpt')]: 3 },
  })
  t.match((await readCheckpoint(path('epoch=1-val_loss=3.ckpt'), 0)).checkpoint, { currentEpoch: 2, globalStep: 4 })
})

t.test('by default, the best one and last.ckpt are kept', async (t) => {
  const folder = temporary(t)
  await fit([5, 6, 4], { folder, monitor })
  t.strictSame(readdirSync(folder).sort(), ['epoch=2-step=6.ckpt', 'last.ckpt'])
})

t.test('an older file is removed only when the new ones are complete', async (t) => {
  const folder = temporary(t)
  const seen: string[][] = []
  const module = new Losses([2, 1])
  module.onSaveCheckpoint = () => seen.push(readdirSync(folder))
  const callbacks = [new ModelCheckpoint({ folder, monitor, saveLast: false })]
  const trainer = new Trainer({ ...quietOptions, maxEpochs: 2, strategy: new OneParameter(), callbacks })
  await trainer.fit(module, loader, loader)
  t.strictSame(seen, [[], ['epoch=0-step=2.ckpt']])
  t.strictSame(readdirSync(folder), ['epoch=1-step=4.ckpt'])
})

t.test('files with the same name get a version, unless the new one replaces the old one', async (t) => {
  const folder = temporary(t)
  await fit([3, 2, 1], { folder, monitor, saveTopK: 2, filename: 'best', saveLast: false })
  t.strictSame(readdirSync(folder).sort(), ['best-v1.ckpt', 'best.ckpt'])
  const other = temporary(t)
  await fit([3, 2, 1], { folder: other, monitor, filename: 'best', saveLast: false })
  t.strictSame(readdirSync(other), ['best.ckpt'])
})

t.test('without a metric, saveTopK keeps the latest one, or all', async (t) => {
  for (const [saveTopK, names] of [
    [1, ['epoch=1-step=4.ckpt']],
    [-1, ['epoch=0-step=2.ckpt', 'epoch=1-step=4.ckpt']],
  ] as const) {
    const folder = temporary(t)
    const { checkpoint } = await fit([1, 2], { folder, saveTopK, saveLast: false })
    t.strictSame(readdirSync(folder).sort(), names)
    t.equal(checkpoint.bestModelPath, join(folder, 'epoch=1-step=4.ckpt'))
    t.equal(checkpoint.bestModelScore, undefined)
  }
})

const moments: [options: Partial<ModelCheckpointOptions>, trainer: TrainerOptions, steps: number[]][] = [
  [{}, {}, [2, 4, 6]],
  [{ everyNEpochs: 2 }, {}, [4]],
  [{ everyNTrainSteps: 3 }, {}, [3, 6]],
  [{ monitor }, { valCheckInterval: 1 }, [1, 2, 3, 4, 5, 6]],
  [{ monitor }, { checkValEveryNEpoch: 2 }, [4]],
  [{ monitor, saveOnTrainEpochEnd: true }, { valCheckInterval: 1 }, [2, 4, 6]],
]
for (const [options, trainer, steps] of moments)
  t.test(`${JSON.stringify({ ...options, ...trainer })} saves at the steps ${steps}`, async (t) => {
    const folder = temporary(t)
    await fit([3, 2, 1], { folder, saveTopK: -1, filename: '{step}', saveLast: false, ...options }, trainer)
    t.strictSame(
      readdirSync(folder).sort(),
      steps.map((step) => `step=${step}.ckpt`),
    )
  })

t.test('a resumed fit knows the earlier best checkpoints, and does not remove the one it continues from', async (t) => {
  const folder = temporary(t)
  const options = { folder, monitor, saveTopK: 2 }
  await fit([5, 3], options)
  const { checkpoint } = await fit([5, 3, 4, 6], options, { ckptPath: join(folder, 'last.ckpt') })
  t.strictSame(readdirSync(folder).sort(), ['epoch=1-step=4.ckpt', 'epoch=2-step=6.ckpt', 'last.ckpt'])
  t.equal(checkpoint.bestModelScore, 3)
  await fit([5, 3, 4, 6, 2, 1], options, { ckptPath: join(folder, 'epoch=2-step=6.ckpt') })
  t.strictSame(readdirSync(folder).sort(), [
    'epoch=2-step=6.ckpt',
    'epoch=4-step=10.ckpt',
    'epoch=5-step=12.ckpt',
    'last.ckpt',
  ])
})

t.test('a resumed fit forgets the checkpoints that no longer exist', async (t) => {
  const folder = temporary(t)
  const options = { folder, monitor }
  await fit([1], options)
  rmSync(join(folder, 'epoch=0-step=2.ckpt'))
  const { checkpoint } = await fit([1, 3], options, { ckptPath: 'last' })
  t.match(checkpoint, { bestModelPath: join(folder, 'epoch=1-step=4.ckpt'), bestModelScore: 3 })
})

t.test('a metric that does not exist is an error that lists those that exist', async (t) => {
  const folder = temporary(t)
  await t.rejects(fit([1], { folder, monitor: 'los' }), {
    message: "ModelCheckpoint: there is no metric 'los' to monitor; there are: val/loss",
  })
  await t.rejects(fit([1], { folder, monitor, filename: '{acc}' }), {
    message: "ModelCheckpoint: filename '{acc}' needs the metric 'acc'; there are: val/loss, epoch, step",
  })
})

t.test('before the first validation, only last.ckpt is saved, with one warning', async (t) => {
  const folder = temporary(t)
  const written = t.capture(process.stderr, 'write', () => true)
  await fit([3, 2], { folder, monitor, everyNTrainSteps: 1, saveTopK: -1 }, { checkValEveryNEpoch: 2 })
  t.strictSame(readdirSync(folder).sort(), ['epoch=1-step=4.ckpt', 'last.ckpt'])
  t.match(written().map(({ args: [text] }) => text), [/there is no metric 'val\/loss' to monitor; there are: none/]) // biome-ignore format: one expression
})

t.test('rank 0 decides for all ranks, and only it writes', async (t) => {
  const folder = temporary(t)
  const callbacks = [0, 1].map((rank) => new ModelCheckpoint({ folder: join(folder, `${rank}`), monitor }))
  const ranks = trainers(t, 2, (rank) => ({
    ...quietOptions,
    maxEpochs: 3,
    strategy: new OneParameter(),
    callbacks: [callbacks[rank] as ModelCheckpoint],
  }))
  const fits = ranks.map(async (trainer, rank) => {
    const module = new BareModule()
    module.onValidationEpochEnd = () =>
      module.log(monitor, rank === 0 ? -module.currentEpoch : module.currentEpoch, { syncDist: false })
    await trainer.fit(module, loader, loader)
  })
  await Promise.all(fits)
  t.match(callbacks[1], { bestModelPath: join(folder, '0', 'epoch=2-step=3.ckpt'), bestModelScore: -2 })
  t.strictSame(callbacks[1]?.files, callbacks[0]?.files)
  t.notOk(existsSync(join(folder, '1')))
})

t.test('the ranks and their parent know the same files', async (t) => {
  const folder = temporary(t)
  const { code, stdout, stderr } = await runNode('kit/best-in-parent.js', { args: [folder] }).ended
  t.equal(code, 0, stderr)
  const processes = records(stdout).sort((a, b) => Number(a.rank) - Number(b.rank))
  const best = join(folder, 'epoch=1-step=2.ckpt')
  const files = {
    bestKModels: { [best]: 1 },
    bestModelPath: best,
    bestModelScore: 1,
    lastModelPath: join(folder, 'last.ckpt'),
  }
  t.match(
    processes,
    [-1, 0, 1].map((rank) => ({ rank, files })),
  )
})

t.test('a fit that continues from the end of a validation also saves the checkpoint of this validation', async (t) => {
  const [first, second] = [temporary(t), temporary(t)]
  const path = join(first, 'a.ckpt')
  const callback = new Callback()
  callback.onValidationEnd = (trainer) => trainer.globalStep === 1 && trainer.saveCheckpoint(path)
  const options = { monitor, saveTopK: -1, filename: '{step}', saveLast: false }
  await fit([2], { folder: first, ...options }, { valCheckInterval: 1, callbacks: [callback] })
  await fit([2], { folder: second, ...options }, { valCheckInterval: 1, ckptPath: path })
  t.strictSame(readdirSync(second).sort(), ['step=1.ckpt', 'step=2.ckpt'])
})

t.test('two callbacks with the same folder and filename keep their own files', async (t) => {
  const folder = temporary(t)
  const [min, max] = (['min', 'max'] as const).map(
    (mode) => new ModelCheckpoint({ folder, monitor, mode, saveLast: false }),
  ) as [ModelCheckpoint, ModelCheckpoint]
  await fit([3, 1, 2], { folder }, { callbacks: [min, max] })
  t.equal(min.bestModelPath, join(folder, 'epoch=1-step=4.ckpt'))
  t.equal(max.bestModelPath, join(folder, 'epoch=0-step=2-v1.ckpt'))
  t.strictSame(readdirSync(folder).sort(), ['epoch=0-step=2-v1.ckpt', 'epoch=1-step=4.ckpt'])
})

t.test('a callback does not remove a file that another one keeps', async (t) => {
  const folder = temporary(t)
  const callbacks = () => [1, -1].map((saveTopK) => new ModelCheckpoint({ folder, monitor, saveTopK }))
  await fit([3, 2], { folder }, { callbacks: callbacks() })
  const resumed = callbacks() // both continue with the files of the second one, because only saveTopK differs
  await fit([3, 2, 1], { folder }, { callbacks: resumed, ckptPath: 'last' })
  const all = Object.keys(resumed[1]?.bestKModels ?? {})
  t.equal(all.length, 3)
  t.strictSame(all.filter((path) => !existsSync(path)), []) // biome-ignore format: one expression
})

t.test('a fit that was killed before it removed a file removes it when it continues', async (t) => {
  const folder = temporary(t)
  const [old, backup] = [join(folder, 'epoch=0-step=2.ckpt'), join(temporary(t), 'backup')]
  const keep = new Callback()
  keep.onSaveCheckpoint = () => existsSync(old) && cpSync(old, backup, { preserveTimestamps: true })
  const options = { folder, monitor }
  await fit([2, 1], options, { callbacks: [keep, new ModelCheckpoint(options)] })
  const names = ['epoch=1-step=4.ckpt', 'last.ckpt']
  t.strictSame(readdirSync(folder).sort(), names)
  renameSync(backup, old) // as after a kill between the write and the removal
  await fit([2, 1, 3], options, { ckptPath: 'last' })
  t.strictSame(readdirSync(folder).sort(), names)
})

t.test('a file of that name that is newer than the checkpoint is not removed', async (t) => {
  const folder = temporary(t)
  const options = { folder, monitor }
  await fit([2, 1], options)
  const newer = join(folder, 'epoch=0-step=2.ckpt')
  writeFileSync(newer, 'of another fit')
  await fit([2, 1, 3], options, { ckptPath: join(folder, 'epoch=1-step=4.ckpt') })
  t.ok(existsSync(newer))
})
