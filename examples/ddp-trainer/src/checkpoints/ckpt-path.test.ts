import { join } from 'node:path'
import t from 'tap'
import { ModelCheckpoint, Trainer } from '../index.ts'
import { BareModule } from '../kit/bare-module.ts'
import { fit, loader } from '../kit/checkpointed-fit.ts'
import { OneParameter } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { temporary } from '../kit/temporary.ts'
import { readCheckpoint } from './checkpoint-file.ts'

const monitor = 'val/loss'

t.test("ckptPath: 'best' and 'last' are the files of the ModelCheckpoint", async (t) => {
  const folder = temporary(t)
  const { trainer, module } = await fit([1, 2], { folder, monitor })
  const values = async (ckptPath: string) => {
    await trainer.validate(module, loader, { ckptPath })
    return (await readCheckpoint(trainer.ckptPath as string, 0)).checkpoint.globalStep
  }
  t.equal(await values('best'), 2)
  t.equal(await values('last'), 4)
})

t.test("a fit with ckptPath: 'last' starts anew if there is no file, with a warning", async (t) => {
  const folder = temporary(t)
  const written = t.capture(process.stderr, 'write', () => true)
  const { trainer } = await fit([1], { folder }, { ckptPath: 'last' })
  t.equal(trainer.globalStep, 2)
  const [line] = written().map(({ args: [text] }) => text)
  t.equal(line, `ckptPath is 'last', but there is no ${join(folder, 'last.ckpt')}; the fit starts anew\n`)
})

t.test('the function of the option folder is called on rank 0 only', async (t) => {
  const parent = temporary(t)
  const called: number[] = []
  t.capture(process.stderr, 'write', () => true)
  const onRanks = (run: (trainer: Trainer) => Promise<unknown>) => {
    const ranks = trainers(t, 2, (rank) => {
      const folder = () => {
        called.push(rank)
        return join(parent, `${rank}`)
      }
      return {
        ...quietOptions,
        strategy: new OneParameter(),
        callbacks: [new ModelCheckpoint({ folder, saveTopK: 1 })],
      }
    })
    return Promise.allSettled(ranks.map(run))
  }
  const missing = /^Trainer: ckptPath is 'last', but there is no .*0.last.ckpt; run a fit/
  const tests = await onRanks((trainer) => trainer.test(new BareModule(), loader, { ckptPath: 'last' }))
  t.match(tests, Array(2).fill({ reason: { message: missing } }))
  const fits = await onRanks((trainer) => trainer.fit(new BareModule(), loader, [], { ckptPath: 'last' }))
  t.match(fits, Array(2).fill({ status: 'fulfilled' }))
  t.strictSame([...new Set(called)], [0])
})

t.test("mistakes with 'best' and 'last' are errors", async (t) => {
  const folder = temporary(t)
  const bare = (callbacks: ModelCheckpoint[]) =>
    new Trainer({ ...quietOptions, strategy: new OneParameter(), callbacks })
  const test = (callbacks: ModelCheckpoint[], ckptPath: string) =>
    bare(callbacks).test(new BareModule(), loader, { ckptPath })
  await t.rejects(test([], 'best'), {
    message: /^Trainer: ckptPath is 'best', but there is no ModelCheckpoint in callbacks/,
  })
  const callbacks = [new ModelCheckpoint({ folder, monitor })]
  await t.rejects(test(callbacks, 'best'), {
    message: /^Trainer: ckptPath is 'best', but the ModelCheckpoint has saved no/,
  })
  await t.rejects(test(callbacks, 'last'), {
    message: /^Trainer: ckptPath is 'last', but there is no .*last.ckpt; run a fit/,
  })
})
