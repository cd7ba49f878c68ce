import { inspect } from 'node:util'
import t from 'tap'
import { EarlyStopping } from '../callbacks/early-stopping.ts'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { NoTensors, Shapes } from '../kit/no-tensors.ts'
import type { Row } from '../metrics/metrics.ts'
import { type Logger, silentLogger } from './pino-logger.ts'
import { Trainer } from './trainer.ts'
import type { TrainerOptions } from './trainer-options.ts'

/** A logger that stores its rows, hyperparameters and messages. */
class MemoryLogger implements Logger {
  readonly experiment = {
    info: (_: object, text = '') => void this.infos.push(text),
    warn: (_: object, text = '') => void this.warnings.push(text),
    error() {},
  }
  readonly infos: string[] = []
  readonly rows: Row[] = []
  readonly hparams: object[] = []
  readonly warnings: string[] = []

  logMetrics(metrics: Row, step: number): void {
    this.rows.push({ ...metrics, step })
  }

  logHyperparams(hparams: object): void {
    this.hparams.push(hparams)
  }
}

const batches = (count: number) => new DataLoader(new Shapes(count), { batchSize: 1 })

function trainer(options: TrainerOptions = {}): Trainer {
  return new Trainer({ strategy: new NoTensors(), logger: false, progressBar: 'none', ...options })
}

t.test('each of several loggers gets all rows, and the hyperparameters once', async (t) => {
  const loggers = [new MemoryLogger(), new MemoryLogger()]
  const module = new BareModule()
  module.saveHyperparameters({ lr: 0.1 })
  module.saveHyperparameters({ layers: 2 })
  module.onTrainBatchEnd = (_batch, batchIdx) => module.logDict({ a: batchIdx, b: 1 })
  await trainer({ logger: loggers, logEveryNSteps: 1 }).fit(module, batches(2))
  for (const { rows, hparams } of loggers) {
    t.strictSame(rows, [
      { a: 0, b: 1, step: 0 },
      { a: 1, b: 1, step: 1 },
    ])
    t.strictSame(hparams, [{ lr: 0.1, layers: 2 }])
  }
})

t.test('each of several loggers gets the messages of the trainer and of its callbacks', async (t) => {
  const loggers = [new MemoryLogger(), new MemoryLogger()]
  const module = new BareModule()
  module.validationStep = () => module.log('loss', 1)
  const callbacks = [new EarlyStopping({ monitor: 'loss', patience: 1 })]
  const one = trainer({ logger: loggers, callbacks, maxEpochs: 5 })
  await one.fit(module, batches(2), batches(1))
  one.info('done', {})
  for (const { infos, warnings } of loggers) {
    t.strictSame(infos, ['done'])
    t.strictSame(warnings, [
      'an epoch has 2 batches, fewer than logEveryNSteps (50)',
      'EarlyStopping ends the fit: loss is not better than 1 (patience: 1)',
    ])
  }
})

t.test('a row has only the values that are logged in its step', async (t) => {
  const logger = new MemoryLogger()
  const module = new BareModule()
  module.onTrainBatchEnd = (_batch, batchIdx) => batchIdx === 1 || module.log('x', batchIdx)
  await trainer({ logger, logEveryNSteps: 1 }).fit(module, batches(3))
  t.strictSame(logger.rows, [
    { x: 0, step: 0 },
    { x: 2, step: 2 },
  ])
})

t.test('test and predict return a result for each loader', async (t) => {
  const module = new BareModule()
  module.testStep = (_batch, batchIdx, loader) => module.log('x', 10 * loader + batchIdx)
  module.predictStep = (_batch, batchIdx, loader) => `${loader}.${batchIdx}`
  const one = trainer({ limitPredictBatches: 2 })
  t.strictSame(await one.test(module, [batches(2), batches(1)]), [
    { 'x/dataloader_idx_0': 0.5 },
    { 'x/dataloader_idx_1': 10 },
  ])
  t.strictSame(await one.test(module, batches(2)), [{ x: 0.5 }])
  t.strictSame(await one.predict(module, [batches(9), batches(1)]), [['0.0', '0.1'], ['1.0']])
})

t.test('a test of a module without testStep is rejected', async (t) => {
  const module = Object.assign(new BareModule(), { testStep: undefined })
  await t.rejects(trainer().test(module, batches(1)), /test needs a module with the method testStep/)
})

t.test('a test after a fit logs at the step after the last one', async (t) => {
  const logger = new MemoryLogger()
  const module = new BareModule()
  module.testStep = () => module.log('x', 1)
  const one = trainer({ logger })
  await one.fit(module, batches(3))
  await one.test(module, batches(1))
  t.strictSame(logger.rows, [{ x: 1, step: 3 }])
})

const validations: [options: TrainerOptions, after: string][] = [
  [{}, '0.3 1.3 2.3'],
  [{ checkValEveryNEpoch: 2 }, '1.3'],
  [{ valCheckInterval: 0.5 }, '0.1 0.3 1.1 1.3 2.1 2.3'],
  [{ valCheckInterval: 3 }, '0.2 1.2 2.2'],
  [{ valCheckInterval: 5, checkValEveryNEpoch: null }, '1.0 2.1'],
  [{ limitTrainBatches: 2 }, '0.1 1.1 2.1'],
  [{ limitTrainBatches: 0.25 }, '0.0 1.0 2.0'],
  [{ limitValBatches: 0 }, ''],
  [{ maxSteps: 5 }, '0.3'],
]
for (const [options, after] of validations) {
  t.test(`${JSON.stringify(options)} validates after the batches ${after || 'none'}`, async (t) => {
    const module = new BareModule()
    let batch = 0
    const validated: string[] = []
    module.onTrainBatchEnd = (_batch, batchIdx) => {
      batch = batchIdx
    }
    module.onValidationStart = () => validated.push(`${module.currentEpoch}.${batch}`)
    await trainer({ maxEpochs: 3, ...options }).fit(module, batches(4), batches(2))
    t.equal(validated.join(' '), after)
  })
}

const mistakes: [options: TrainerOptions, message: RegExp][] = [
  [{ valCheckInterval: 5 }, /valCheckInterval is 5, but an epoch has 4 batches; set checkValEveryNEpoch: null/],
  [{ valCheckInterval: 1.5 }, /valCheckInterval must be a number of batches, or a fraction below 1, not 1.5/],
  [{ limitTrainBatches: 1.5 }, /limitTrainBatches must be a number of batches/],
  [{ limitValBatches: 0.1 }, /limitValBatches is 0.1, which leaves none of 4 batches/],
]
for (const [options, message] of mistakes) {
  t.test(`${JSON.stringify(options)} is rejected`, async (t) => {
    await t.rejects(trainer(options).fit(new BareModule(), batches(4), batches(4)), { name: 'RangeError', message })
  })
}

for (const options of [
  { maxEpochs: 0.5 },
  { accumulateGradBatches: 0 },
  { devices: 0 },
  { gradientClipVal: -1 },
  { bucketCapMb: 0 },
  { progressBar: 'rich' as 'bar' },
  { accelerator: 'tpu' as 'gpu' },
  { syncTimeoutMs: Number.NaN },
  { syncTimeoutMs: 0 },
  { syncTimeoutMs: 2 ** 31 },
  { saveTimeoutMs: 0 },
  { seed: 0.5 },
  { hangTimeoutMs: 0 },
])
  t.test(`${inspect(options)} is rejected by the constructor`, async (t) => {
    t.throws(() => trainer(options), { name: 'RangeError', message: new RegExp(Object.keys(options)[0] as string) })
  })

t.test('a fit whose epoch is shorter than logEveryNSteps warns in the log and on stderr', async (t) => {
  const logger = new MemoryLogger()
  const stderr = t.capture(process.stderr, 'write', () => true)
  await trainer({ logger }).fit(new BareModule(), batches(4))
  const warning = 'an epoch has 4 batches, fewer than logEveryNSteps (50)'
  t.strictSame(logger.warnings, [warning])
  t.match(stderr.args().flat(), [`${warning}\n`])
})

t.test('a fit warns once if a value in its rows is not finite', async (t) => {
  const logger = new MemoryLogger()
  const stderr = t.capture(process.stderr, 'write', () => true)
  const module = new BareModule()
  module.onTrainBatchEnd = (_batch, batchIdx) => module.log('loss', batchIdx < 2 ? 1 : Number.NaN, { onEpoch: true })
  await trainer({ logger, logEveryNSteps: 1 }).fit(module, batches(4))
  const hint = 'With detectAnomaly: true the fit ends at the first loss or gradient that is not finite'
  t.strictSame(logger.warnings, [`loss_step is NaN at step 2. ${hint}`])
  t.match(stderr.args().flat(), [`loss_step is NaN at step 2. ${hint}\n`])
})

t.test('a hook under the gradient tape must not be async', async (t) => {
  const module = new BareModule()
  module.onBeforeBackward = async () => {}
  await t.rejects(trainer().fit(module, batches(1)), /onBeforeBackward must not be async/)
})

for (const hook of ['onTrainStart', 'onBeforeBackward', 'trainingStep'])
  t.test(`after an error in ${hook} the trainer is in no hook`, async (t) => {
    const module = new BareModule()
    const fail = () => {
      throw new Error('staged by a test')
    }
    Object.assign(module, { [hook]: fail })
    const one = trainer()
    await t.rejects(one.fit(module, batches(1)), /staged by a test/)
    t.throws(() => one.log('x', 1), /^log\('x'\) in no hook: not allowed/)
  })

t.test('after an error in the sanity check the trainer is not checking, and can fit again', async (t) => {
  const module = new BareModule()
  const one = trainer({ numSanityValSteps: 1 })
  module.validationStep = () => {
    throw new Error('staged by a test')
  }
  await t.rejects(one.fit(module, batches(1), batches(1)), /staged by a test/)
  t.equal(one.sanityChecking, false)
  const checks: boolean[] = []
  module.validationStep = () => void checks.push(one.sanityChecking)
  await one.fit(module, batches(1), batches(1))
  t.strictSame(checks, [true, false])
})

t.test('a metric named epoch replaces the epoch of its row', async (t) => {
  const epochs: unknown[] = []
  const logger = { ...silentLogger, logMetrics: (...args: unknown[]) => epochs.push(args) }
  const module = new BareModule()
  module.onTrainBatchEnd = () => module.logDict({ epoch: 7, x: 1 })
  await trainer({ logger, logEveryNSteps: 1 }).fit(module, batches(1))
  t.strictSame(epochs, [[{ x: 1 }, 0, 7]])
})
