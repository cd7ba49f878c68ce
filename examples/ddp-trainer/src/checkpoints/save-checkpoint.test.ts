import t from 'tap'
import { DataLoader, ModelCheckpoint } from '../index.ts'
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
