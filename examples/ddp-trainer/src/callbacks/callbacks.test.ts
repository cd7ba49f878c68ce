import { join } from 'node:path'
import t, { type Test } from 'tap'
import { ModelCheckpoint } from '../checkpoints/model-checkpoint.ts'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { NoTensors, OneParameter, Shapes } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { temporary } from '../kit/temporary.ts'
import type { Callback } from '../trainer/callback.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { Trainer } from '../trainer/trainer.ts'
import { EarlyStopping } from './early-stopping.ts'
import { LearningRateSchedule, ReduceOnPlateau } from './learning-rate.ts'
import type { PatienceOptions } from './patience.ts'

/** Runs ten epochs on two ranks. Rank 0 logs one of `values` as 'loss' in each validation, and rank 1 logs a smaller one each time. */
async function fit(
  t: Test,
  values: number[],
  callback: () => Callback,
): Promise<{ ranks: Trainer[]; rates: number[] }> {
  const rates: number[] = []
  const ranks = trainers(t, 2, () => ({
    strategy: new NoTensors(),
    callbacks: [callback()],
    logger: silentLogger,
    progressBar: 'none',
    maxEpochs: 10,
    numSanityValSteps: 1,
  }))
  const loader = new DataLoader(new Shapes(2), { batchSize: 1 })
  const fits = ranks.map((trainer, rank) => {
    const module = new BareModule()
    const loss = () => (rank === 0 ? (values[module.currentEpoch] ?? 0) : -module.currentEpoch)
    module.onValidationEpochEnd = () => module.log('loss', loss(), { syncDist: false })
    module.onTrainBatchEnd = () => rank === 1 && rates.push(trainer.learningRate)
    return trainer.fit(module, loader, loader)
  })
  await Promise.all(fits)
  return { ranks, rates }
}

const stops: [name: string, values: number[], options: object, epochs: number][] = [
  ['after three validations without a smaller value', [5, 4, 4, 4.5, 4, 1], {}, 5],
  ['after `patience` validations', [5, 4, 4, 1], { patience: 1 }, 3],
  ['if the gain is not more than minDelta', [5, 4.5, 4.1, 1], { patience: 2, minDelta: 1 }, 3],
  ['if no larger value comes', [1, 2, 3, 3, 3], { patience: 2, mode: 'max' }, 5],
  ['at once if the value is not finite', [5, Number.NaN, 1], {}, 2],
  ['not if the value becomes smaller each time', [9, 8, 7, 6, 5, 4, 3, 2, 1, 0], {}, 10],
]
for (const [name, values, options, epochs] of stops) {
  t.test(`EarlyStopping ends the fit on all ranks ${name}`, async (t) => {
    const { ranks } = await fit(t, values, () => new EarlyStopping({ monitor: 'loss', ...options }))
    t.strictSame(
      ranks.map(({ currentEpoch }) => currentEpoch),
      [epochs, epochs],
    )
  })
}

t.test('a metric that does not exist is an error that lists those that exist', async (t) => {
  const failing = fit(t, [1], () => new EarlyStopping({ monitor: 'los' }))
  await t.rejects(failing, { message: "there is no metric 'los' to monitor; there are: loss" })
})

const wrong: [options: object, message: string][] = [
  [{}, 'monitor must be the name of a metric, not undefined'],
  [{ monitor: 'loss', mode: 'maximum' }, "mode must be 'min' or 'max', not 'maximum'"],
  [{ monitor: 'loss', patience: 0 }, 'patience must be a whole number >= 1, not 0'],
  [{ monitor: 'loss', patience: '3' }, 'patience must be a whole number >= 1, not 3'],
  [{ monitor: 'loss', minDelta: -1 }, 'minDelta must be a number >= 0, not -1'],
]
const wrongRates: typeof wrong = [
  [{ monitor: 'loss', factor: 1 }, 'factor must be above 0 and below 1, not 1'],
  [{ monitor: 'loss', factor: 0 }, 'factor must be above 0 and below 1, not 0'],
  [{ monitor: 'loss', minRate: Number.NaN }, 'minRate must be a number >= 0, not NaN'],
]
t.test('EarlyStopping and ReduceOnPlateau reject options with wrong values', async (t) => {
  for (const [options, message] of wrong)
    t.throws(() => new EarlyStopping(options as PatienceOptions), new RangeError(`EarlyStopping: ${message}`))
  for (const [options, message] of [...wrong, ...wrongRates])
    t.throws(() => new ReduceOnPlateau(options as PatienceOptions), new RangeError(`ReduceOnPlateau: ${message}`))
})

/** Runs five epochs, each with the same loss. Returns the lines that the fit writes to stderr. */
async function warningsOf(t: Test, callbacks: Callback[], hasValidation: boolean): Promise<string[]> {
  const written = t.capture(process.stderr, 'write', () => true)
  const loader = new DataLoader(new Shapes(2), { batchSize: 1 })
  const module = new BareModule()
  module.onValidationEpochEnd = () => module.log('loss', 5)
  const trainer = new Trainer({ strategy: new NoTensors(), callbacks, maxEpochs: 5, ...quietOptions })
  await trainer.fit(module, loader, hasValidation ? loader : [])
  return written().map(({ args: [text] }) => `${text}`)
}

t.test('a metric that was never checked in a fit is a warning', async (t) => {
  const options = { monitor: 'loss' }
  const fix = 'Pass validation data to fit, and write a validationStep in the module'
  const because = `did not check 'loss', because no validation has run. ${fix}\n`
  t.strictSame(await warningsOf(t, [new EarlyStopping(options), new ReduceOnPlateau(options)], false), [
    `EarlyStopping ${because}`,
    `ReduceOnPlateau ${because}`,
  ])
  t.strictSame(await warningsOf(t, [new ReduceOnPlateau(options)], true), [])
})

t.test('an early stop is written to stderr, with its reason', async (t) => {
  t.strictSame(await warningsOf(t, [new EarlyStopping({ monitor: 'loss', patience: 2 })], true), [
    'EarlyStopping ends the fit: loss is not better than 5 (patience: 2)\n',
  ])
})

t.test('LearningRateSchedule sets the rate from the epoch and the step', async (t) => {
  const { rates } = await fit(t, [], () => new LearningRateSchedule((epoch, step) => 100 * epoch + step))
  t.strictSame(
    rates,
    Array.from({ length: 10 }, (_, epoch) => 101 * epoch),
  )
})

t.test('ReduceOnPlateau reduces the rate on all ranks when the metric of rank 0 does not become better', async (t) => {
  const options = { monitor: 'loss', patience: 2, factor: 0.5, minRate: 0.25 }
  const { rates } = await fit(t, [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], () => new ReduceOnPlateau(options))
  t.strictSame(rates, [1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25])
})

t.test('EarlyStopping and ReduceOnPlateau count the checks before a resumed fit', async (t) => {
  const folder = temporary(t)
  const losses = [5, 4, 4, 4.5, 4.2, 4.1]
  const loader = new DataLoader(new Shapes(2), { batchSize: 1 })
  const run = async (maxEpochs: number, options: { ckptPath?: string } = {}) => {
    const trainer = new Trainer({
      maxEpochs,
      strategy: new OneParameter(),
      callbacks: [
        new EarlyStopping({ monitor: 'loss', patience: 4 }),
        new ReduceOnPlateau({ monitor: 'loss', patience: 2, factor: 0.5 }),
        new ModelCheckpoint({ folder }),
      ],
      logger: silentLogger,
      progressBar: 'none',
    })
    const module = new BareModule()
    module.onValidationEpochEnd = () => module.log('loss', losses[module.currentEpoch] ?? 0)
    await trainer.fit(module, loader, loader, options)
    return { epochs: trainer.currentEpoch, rate: trainer.learningRate }
  }
  t.strictSame(await run(3), { epochs: 3, rate: 1 })
  t.strictSame(await run(4, { ckptPath: join(folder, 'last.ckpt') }), { epochs: 4, rate: 0.5 })
  t.strictSame(await run(10, { ckptPath: join(folder, 'last.ckpt') }), { epochs: 6, rate: 0.25 })
})
