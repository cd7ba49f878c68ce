import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { Shapes } from '../kit/no-tensors.ts'
import { DataLoader, type DataLoaderOptions } from './data-loader.ts'

const shape = fc.record({
  length: fc.integer({ min: 1, max: 300 }),
  worldSize: fc.integer({ min: 1, max: 9 }),
  batchSize: fc.integer({ min: 1, max: 40 }),
  epoch: fc.integer({ min: 0, max: 50 }),
  shuffle: fc.boolean(),
})

t.test('shards are disjoint and of equal length, and together omit fewer samples than there are ranks', async (t) => {
  fc.assert(
    fc.property(shape, ({ length, worldSize, batchSize, epoch, shuffle }) => {
      const dataset = { length, batch: () => t.fail('nothing is gathered') as never }
      const loader = new DataLoader(dataset, { batchSize, shuffle })
      const shards = Array.from({ length: worldSize }, (_, rank) => [...loader.indices(epoch, { rank, worldSize })])
      const all = shards.flat(2)
      const batches = new Set(shards.map((shard) => shard.map((batch) => batch.length).join()))
      return (
        new Set(all).size === all.length &&
        all.every((index) => index >= 0 && index < length) &&
        length - all.length < worldSize &&
        batches.size === 1 &&
        shards.every((shard) => shard.length === loader.count({ worldSize }))
      )
    }),
  )
})

t.test('with repeatSamples, shards are of equal length and together have every sample', async () => {
  fc.assert(
    fc.property(shape, ({ length, worldSize, batchSize, epoch, shuffle }) => {
      const loader = new DataLoader(new Shapes(length), { batchSize, shuffle, repeatSamples: true })
      const shards = Array.from({ length: worldSize }, (_, rank) => [...loader.indices(epoch, { rank, worldSize })])
      return (
        new Set(shards.flat(2)).size === length &&
        new Set(shards.map((shard) => shard.flat().length)).size === 1 &&
        shards.flat(2).length - length < worldSize &&
        shards.every((shard) => shard.length === loader.count({ worldSize }))
      )
    }),
  )
})

t.test(
  'uneven shards have every sample once, and equally many batches, of which only the last may be empty',
  async (t) => {
    fc.assert(
      fc.property(shape, fc.boolean(), ({ length, worldSize, batchSize, epoch, shuffle }, repeatSamples) => {
        const loader = new DataLoader(new Shapes(length), { batchSize, shuffle, repeatSamples })
        const shard = (rank: number) => [...loader.indices(epoch, { rank, worldSize, isUneven: true })]
        const shards = Array.from({ length: worldSize }, (_, rank) => shard(rank))
        const sizes = shards.map((shard) => shard.flat().length)
        t.strictSame(
          shards.flat(2).sort((a, b) => a - b),
          Array.from({ length }, (_, index) => index),
        )
        t.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
        for (const shard of shards) {
          t.equal(shard.length, loader.count({ worldSize, isUneven: true }))
          t.ok(shard.slice(0, -1).every(({ length }) => length === batchSize))
        }
      }),
    )
  },
)

t.test('globalBatchSize is divided among the ranks', async (t) => {
  const loader = new DataLoader(new Shapes(100), { globalBatchSize: 12 })
  for (const worldSize of [1, 2, 3, 12]) {
    t.equal(loader.batchSizeOf(worldSize), 12 / worldSize)
    const [first] = loader.indices(0, { rank: 0, worldSize })
    t.equal(first?.length, 12 / worldSize)
  }
  t.throws(() => loader.count({ worldSize: 5 }), {
    name: 'RangeError',
    message: 'DataLoader: globalBatchSize 12 cannot be divided among 5 ranks; use a multiple of 5',
  })
})

t.test('exactly one of batchSize and globalBatchSize is required', async (t) => {
  const dataset = new Shapes(4)
  t.throws(() => new DataLoader(dataset, {}), { message: 'DataLoader: give batchSize or globalBatchSize, not neither' })
  const both = { batchSize: 1, globalBatchSize: 2 }
  t.throws(() => new DataLoader(dataset, both), { message: 'DataLoader: give batchSize or globalBatchSize, not both' })
})

t.test(
  'N ranks with batch size B use the same samples in each step as one process with batch size N × B',
  async (t) => {
    const loader = (batchSize: number) => new DataLoader(new Shapes(64), { batchSize, shuffle: true })
    const step = (rank: number) => [...loader(4).indices(2, { rank, worldSize: 4 })]
    const together = [0, 1, 2, 3].map(step)
    const alone = [...loader(16).indices(2, { rank: 0, worldSize: 1 })]
    const merged = alone.map((_, index) => together.flatMap((shard) => shard[index] ?? []))
    t.same(
      merged.map((batch) => batch.sort()),
      alone.map((batch) => batch.sort()),
    )
  },
)

const invalid: DataLoaderOptions[] = [0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY].map((batchSize) => ({
  batchSize,
}))
for (const options of [
  ...invalid,
  { globalBatchSize: 0.5 },
  { batchSize: 1, seed: 0.5 },
  { batchSize: 1, seed: Number.NaN },
])
  t.test(`${inspect(options)} is rejected by the constructor`, async (t) => {
    const [name, value] = Object.entries(options).at(-1) as [string, number]
    t.throws(() => new DataLoader(new Shapes(4), options), {
      name: 'RangeError',
      message: new RegExp(`^DataLoader: ${name} must be a whole number.*, not ${value}$`),
    })
  })

t.test('each epoch has an order of its own, which is the same in every run', async (t) => {
  const loader = new DataLoader(new Shapes(50), {
    batchSize: 50,
    shuffle: true,
  })
  const order = (epoch: number) => [...loader.indices(epoch, { rank: 0, worldSize: 1 })].flat().join()
  t.equal(order(3), order(3))
  t.not(order(3), order(4))
})
