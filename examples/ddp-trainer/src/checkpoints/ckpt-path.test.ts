import { join } from 'node:path'
import t from 'tap'
import { ModelCheckpoint, Trainer } from '../index.ts'
import { BareModule } from '../kit/bare-module.ts'
import { fit, loader } from '../kit/checkpointed-fit.ts'
import { OneParameter } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
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
