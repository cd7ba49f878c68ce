import { join } from 'node:path'
import t from 'tap'
import { DataLoader, ModelCheckpoint, Trainer } from '../index.ts'
import { BareModule } from '../kit/bare-module.ts'
import { OneParameter, Shapes } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { temporary } from '../kit/temporary.ts'

t.test('only rank 0 reads the parameters and the states of the ranks for a checkpoint', async (t) => {
  const folder = temporary(t)
  const seen: unknown[] = []
  const strategies = [new OneParameter(), new OneParameter()]
  const reads = strategies.map((strategy) => t.capture(strategy, 'readParameters', strategy.readParameters))
  const ranks = trainers(t, 2, (rank) => ({
    ...quietOptions,
    strategy: strategies[rank] as OneParameter,
    callbacks: [new ModelCheckpoint({ folder })],
  }))
  const fits = ranks.map(async (trainer, rank) => {
    const module = new BareModule()
    module.onSaveCheckpoint = ({ parameters, ranks }) => {
      seen[rank] = { parameters: parameters.length, ranks: ranks?.length, reads: reads[rank]?.().length }
    }
    await trainer.fit(module, new DataLoader(new Shapes(6), { batchSize: 1 }))
  })
  await Promise.all(fits)
  t.strictSame(seen, [
    { parameters: 1, ranks: 2, reads: 1 },
    { parameters: 0, ranks: undefined, reads: 0 },
  ])
})

t.test('a fit that continues from a complete one says that nothing is left to train', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const options = { ...quietOptions, maxEpochs: 1 }
  const loader = new DataLoader(new Shapes(6), { batchSize: 1 })
  const first = new Trainer({ ...options, strategy: new OneParameter() })
  await first.fit(new BareModule(), loader)
  await first.saveCheckpoint(path)
  const written = t.capture(process.stderr, 'write', () => true)
  const second = new Trainer({ ...options, strategy: new OneParameter() })
  await second.fit(new BareModule(), loader, [], { ckptPath: path })
  t.equal(second.globalStep, 6)
  t.match(
    written().map(({ args: [text] }) => text),
    [`nothing is left to train: the checkpoint ${path} has 1 epoch and 6 steps\n`],
  )
})
