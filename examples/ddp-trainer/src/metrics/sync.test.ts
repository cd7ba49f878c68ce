import { EventEmitter, once } from 'node:events'
import t, { type Test } from 'tap'
import { DataLoader } from '../data/data-loader.ts'
import { BareModule } from '../kit/bare-module.ts'
import { NoTensors, Shapes } from '../kit/no-tensors.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import type { Module } from '../trainer/module.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import type { Trainer } from '../trainer/trainer.ts'
import type { TrainerOptions } from '../trainer/trainer-options.ts'
import type { Row } from './metrics.ts'

/** The hooks of one rank. */
type Step = (module: Module, batchIdx: number) => unknown

function moduleOf(step: Step, validationStep?: Step): Module {
  const module = new BareModule()
  const call = (step?: Step) => (_batch: unknown, batchIdx: number) => step?.(module, batchIdx)
  return Object.assign(module, { trainingStep: call(step), validationStep: call(validationStep) }) as never
}

interface Ranks {
  ranks: Trainer[]
  rows: Row[]
  results: PromiseSettledResult<void>[]
}

/** Runs a fit of three batches on the ranks, one module for each. */
async function fit(t: Test, modules: Module[], options: TrainerOptions = {}): Promise<Ranks> {
  const rows: Row[] = []
  const logger = { ...silentLogger, logMetrics: (metrics: Row) => rows.push(metrics) }
  const worldSize = modules.length
  const common = { strategy: new NoTensors(), logger, progressBar: 'none', logEveryNSteps: 1, ...options } as const
  const ranks = trainers(t, worldSize, () => ({ ...common, strategy: new NoTensors() }))
  const loader = new DataLoader(new Shapes(3 * worldSize), { batchSize: 1 })
  const fits = ranks.map((trainer, rank) => trainer.fit(modules[rank] as Module, loader, loader))
  return { ranks, rows, results: await Promise.allSettled(fits) }
}

function messages({ results }: Ranks): string[] {
  return results.map((result) => (result.status === 'rejected' ? String(result.reason) : 'fulfilled'))
}

const sync = { syncDist: true }

t.test('a metric that only one rank reduces gives an error with rank, key and step, and no rank hangs', async (t) => {
  const onlyRank0 = (module: Module, batchIdx: number) => {
    if (module.trainer.isGlobalZero && batchIdx === 1) module.log('loss', 1, sync)
  }
  const [first, second] = messages(await fit(t, [moduleOf(onlyRank0), moduleOf(onlyRank0)]))
  const mine = "rank 0 reduces 'loss' at step 1"
  t.match(
    first,
    `CollectiveMismatch: ${mine}, but rank 1 averages the gradients at step 2. All ranks must make the same`,
  )
  t.match(second, `CollectiveMismatch: rank 1 averages the gradients at step 2, but ${mine}`)
})

t.test('ranks that reduce different metrics get an error that names both', async (t) => {
  const modules = ['loss', 'lose'].map((name) => moduleOf((module) => module.log(name, 1, sync)))
  const [first] = messages(await fit(t, modules))
  t.match(first, "rank 0 reduces 'loss' at step 0, but rank 1 reduces 'lose' at step 0")
})

t.test(
  'an epoch metric of one rank after the last batch gives an error, because all ranks end the fit together',
  async (t) => {
    const modules = [0, 1].map(() => moduleOf(() => {}))
    Object.assign(modules[1] as Module, { onTrainEpochEnd: () => modules[1]?.log('end', 1, sync) })
    const [first, second] = messages(await fit(t, modules))
    t.match(first, "rank 0 ends fit, but rank 1 reduces 'end' at step 2")
    t.match(second, "rank 1 reduces 'end' at step 2, but rank 0 ends fit")
  },
)

t.test('a rank that stops alone gives an error, because the others continue', async (t) => {
  const step: Step = ({ trainer }, batchIdx) => {
    trainer.shouldStop = trainer.isGlobalZero && batchIdx === 1
  }
  const [first, second] = messages(await fit(t, [moduleOf(step), moduleOf(step)]))
  t.match(first, 'rank 0 reduces metrics at step 1, but rank 1 averages the gradients at step 2')
  t.match(second, 'rank 1 averages the gradients at step 2, but rank 0 reduces metrics at step 1')
})

t.test('a rank that does not come to a reduction is named after the timeout', async (t) => {
  const step: Step = (module) => module.log('loss', 1, sync)
  const [waiting, missing] = [moduleOf(step), moduleOf(step)]
  const release = new EventEmitter()
  Object.assign(missing, { onBeforeOptimizerStep: () => once(release, 'other rank failed') })
  const callbacks = [{ onException: () => release.emit('other rank failed') }]
  const [first] = messages(await fit(t, [waiting, missing], { syncTimeoutMs: 50, callbacks }))
  t.match(first, "CollectiveTimeout: rank 0 reduces 'loss' at step 0, and has waited 0.05 s for rank 1 to do the same")
})

t.test('by default a validation metric is the mean over the samples of all ranks', async (t) => {
  const modules = [0, 1].map((rank) =>
    moduleOf(
      () => {},
      (module, batchIdx) => module.log('v', 10 * rank + batchIdx),
    ),
  )
  const { ranks, rows } = await fit(t, modules)
  t.strictSame(rows, [{ v: 6 }])
  t.strictSame(
    ranks.map(({ callbackMetrics }) => callbackMetrics),
    [{ v: 6 }, { v: 6 }],
  )
})

t.test('a validation metric that only rank 0 logs has the value of rank 0', async (t) => {
  const onlyRank0 = (module: Module, batchIdx: number) => module.trainer.isGlobalZero && module.log('v', batchIdx)
  const { ranks, rows } = await fit(
    t,
    [0, 1].map(() => moduleOf(() => {}, onlyRank0)),
  )
  t.strictSame(rows, [{ v: 1 }])
  t.strictSame(ranks[1]?.callbackMetrics, {})
})

t.test('a validation metric that some ranks do not log has the value of rank 0', async (t) => {
  const notLast = (module: Module) => module.trainer.globalRank < 2 && module.log('v', module.trainer.globalRank)
  const { rows } = await fit(
    t,
    [0, 1, 2].map(() => moduleOf(() => {}, notLast)),
  )
  t.strictSame(rows, [{ v: 0 }])
})

t.test('a tensor is read on rank 0, and on other ranks only if it is reduced', async (t) => {
  const reads: string[] = []
  const step = (module: Module) => {
    const rank = module.trainer.globalRank
    const tensor = (name: string) => ({ size: 1, dataSync: () => [reads.push(`${name} ${rank}`)] })
    module.log('own', tensor('own'))
    module.log('all', tensor('all'), sync)
  }
  await fit(t, [moduleOf(step), moduleOf(step)], { maxSteps: 1 })
  t.strictSame(reads.sort(), ['all 0', 'all 1', 'own 0'])
})

t.test('three ranks reduce by mean, sum, minimum and maximum', async (t) => {
  const step = (module: Module) => {
    for (const reduceFx of ['mean', 'sum', 'min', 'max'] as const)
      module.log(reduceFx, 2 ** module.trainer.globalRank, { reduceFx, ...sync })
  }
  const { rows } = await fit(
    t,
    [0, 1, 2].map(() => moduleOf(step)),
    { maxSteps: 1 },
  )
  t.strictSame(rows, [{ mean: Math.fround(7 / 3), sum: 7, min: 1, max: 4 }])
})
