// Every sample of an evaluation counts once, with any number of samples, ranks and batch sizes.
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { type Batch, DataLoader, type Dataset, type LogOptions } from '../index.ts'
import { BareModule } from '../kit/bare-module.ts'
import { NoTensors } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import type { Trainer } from './trainer.ts'

/** A dataset whose batches have the numbers of their samples. */
class Numbers implements Dataset {
  readonly length: number

  constructor(length: number) {
    this.length = length
  }

  batch(samples: readonly number[]): Batch {
    const rows = { shape: [samples.length], samples } as unknown as Batch[0]
    return [rows, rows]
  }
}

const samplesOf = ([x]: Batch) => (x as unknown as { samples: number[] }).samples
const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)

/** Logs the samples of its batches, which are squared in a mean so that it depends on all of them. */
class SampleModule extends BareModule {
  readonly samples: number[] = []
  readonly #options: LogOptions

  constructor(options: LogOptions) {
    super()
    this.#options = options
  }

  override validationStep(...[batch]: [Batch?]): void {
    const samples = samplesOf(batch as Batch)
    if (!this.trainer.isPaddingBatch) this.samples.push(...samples)
    const options = this.#options
    this.log('mean', sumOf(samples.map((sample) => sample ** 2)) / samples.length, options)
    this.log('sum', sumOf(samples), { ...options, reduceFx: 'sum' })
    this.log('min', Math.min(...samples), { ...options, reduceFx: 'min' })
    this.log('max', Math.max(...samples), { ...options, reduceFx: 'max' })
  }

  override predictStep(batch: Batch): number[] {
    return samplesOf(batch)
  }
}

async function onRanks<T>(t: Test, count: number, run: (trainer: Trainer) => Promise<T>): Promise<T[]> {
  const ranks = trainers(t, count, () => ({ ...quietOptions, strategy: new NoTensors() }))
  return Promise.all(ranks.map(run))
}

const cases = fc.record({
  length: fc.integer({ min: 1, max: 40 }),
  worldSize: fc.integer({ min: 1, max: 5 }),
  batchSize: fc.integer({ min: 1, max: 8 }),
  shuffle: fc.boolean(),
  repeatSamples: fc.boolean(),
  options: fc.constantFrom<LogOptions>({}, { syncDist: true }, { syncDist: true, onStep: true }),
})

t.test('the metrics of a validation are those of the dataset, on all ranks', async (t) => {
  await fc.assert(
    fc.asyncProperty(cases, async ({ length, worldSize, batchSize, shuffle, repeatSamples, options }) => {
      const loader = new DataLoader(new Numbers(length), { batchSize, shuffle, repeatSamples })
      const samples: number[] = []
      const results = await onRanks(t, worldSize, async (trainer) => {
        const module = new SampleModule(options)
        const [row] = await trainer.validate(module, loader)
        samples.push(...module.samples)
        return row
      })
      const all = Array.from({ length }, (_, sample) => sample)
      t.strictSame(
        samples.sort((a, b) => a - b),
        all,
      )
      const end = options.onStep ? '_epoch' : ''
      const mean = sumOf(all.map((sample) => sample ** 2)) / length
      for (const row of results) {
        t.ok(Math.abs((row?.[`mean${end}`] as number) - mean) <= 1e-6 * mean, `${row?.[`mean${end}`]} is ${mean}`)
        t.match(row, { [`sum${end}`]: sumOf(all), [`min${end}`]: 0, [`max${end}`]: length - 1 })
      }
    }),
    { numRuns: 60 },
  )
})

t.test('a prediction has every sample once', async (t) => {
  for (const [length, worldSize] of [
    [5, 4],
    [2, 3],
    [9, 2],
  ] as const) {
    // biome-ignore format: pairs
    const loader = new DataLoader(new Numbers(length), { batchSize: 1 })
    const predictions = await onRanks(t, worldSize, (trainer) => trainer.predict(new SampleModule({}), loader))
    const byRank = Array.from({ length: worldSize }, (_, rank) =>
      Array.from({ length: Math.ceil((length - rank) / worldSize) }, (_, turn) => [turn * worldSize + rank]),
    )
    t.strictSame(predictions.map(([batches = []]) => batches), byRank) // biome-ignore format: one expression
  }
})

t.test('a training drops the samples that cannot be divided, or repeats some', async (t) => {
  for (const [repeatSamples, count] of [
    [false, 4],
    [true, 6],
  ] as const) {
    // biome-ignore format: pairs
    const loader = new DataLoader(new Numbers(5), { batchSize: 4, repeatSamples })
    const samples: number[] = []
    await onRanks(t, 2, (trainer) => {
      const trainingStep = (batch: Batch) => void samples.push(...samplesOf(batch))
      return trainer.fit(Object.assign(new BareModule(), { trainingStep: trainingStep as () => never }), loader)
    })
    t.equal(samples.length, count)
  }
})
