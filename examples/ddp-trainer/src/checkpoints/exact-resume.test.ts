// Fits that are saved at any position, and continued from there: the rest has the same rows, parameters and optimizer, bit for bit.
import { join } from 'node:path'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { Callback, DataLoader, Module, ReduceOnPlateau, type Trainer, type TrainerOptions } from '../index.ts'
import { Shapes } from '../kit/no-tensors.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { RandomGradients } from '../kit/random-gradients.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { temporary } from '../kit/temporary.ts'
import { silentLogger } from '../trainer/pino-logger.ts'
import { readCheckpoint, writeCheckpoint } from './checkpoint-file.ts'

const batches = 7
const validationBatches = 12 // more than those between two checks for a signal

class RandomModule extends Module {
  trainingStep(): never {
    this.log('loss', this.random(), { onStep: true, onEpoch: true, syncDist: true })
    this.log('own', this.random(), { onStep: true, onEpoch: true, reduceFx: 'max' })
    return undefined as never
  }

  override onTrainEpochStart(): void {
    this.log('start', this.random())
  }

  override validationStep(): void {
    this.log('val_loss', this.random(), { onStep: true, onEpoch: true })
  }

  override configureOptimizers(): never {
    return undefined as never
  }
}

const hooks = [
  'onTrainEpochStart',
  'onTrainBatchStart',
  'onTrainBatchEnd',
  'onValidationStart',
  'onValidationBatchEnd',
  'onValidationEnd',
  'onTrainEpochEnd',
] as const

type SavingHook = (typeof hooks)[number] | 'onTrainEnd'

/** Saves a checkpoint when a hook is called for the n-th time. */
class SaveInHook extends Callback {
  /**
   * The number of rows that a resumed fit does not write. A validation that is interrupted is repeated with all its rows. In
   * `onTrainEpochEnd` the epoch counts as complete, with the row that follows.
   */
  rowsBefore: number | undefined

  constructor(hook: SavingHook, call: number, path: string, rows: readonly unknown[]) {
    super()
    let calls = 0
    let rowsBeforeValidation = 0
    this.onValidationStart = () => {
      rowsBeforeValidation = rows.length
    }
    Object.assign(this, {
      [hook]: async (trainer: Trainer) => {
        if (++calls !== call) return
        await trainer.saveCheckpoint(path)
        if (hook === 'onValidationBatchEnd') this.rowsBefore = rowsBeforeValidation
        else this.rowsBefore = rows.length + (hook === 'onTrainEpochEnd' ? 1 : 0)
      },
    })
  }
}

interface Scenario {
  worldSize: number
  options: TrainerOptions
  hook: SavingHook
  call: number
  globalBatchSize?: number
}

/** Runs a fit on ranks of this process. Returns the rows of rank 0, and the end of each rank. */
async function fit(t: Test, { globalBatchSize = 2, ...scenario }: Scenario, path: string, isResumed: boolean) {
  const { worldSize, options, hook, call } = scenario
  const rows: unknown[] = []
  const logger = { ...silentLogger, logMetrics: (...row: unknown[]) => rows.push(row) }
  const saves: SaveInHook[] = []
  const strategies: RandomGradients[] = []
  const ranks = trainers(t, worldSize, (rank) => {
    const strategy = new RandomGradients()
    strategies.push(strategy)
    const save = new SaveInHook(hook, call, path, rows)
    saves.push(save)
    const callbacks = [new ReduceOnPlateau({ monitor: 'val_loss', patience: 1 }), ...(isResumed ? [] : [save])]
    const common = { ...quietOptions, logEveryNSteps: 2, maxEpochs: 3, ...options, strategy, callbacks }
    return { ...common, logger: rank === 0 ? logger : false }
  })
  const train = new DataLoader(new Shapes(2 * batches), { globalBatchSize, shuffle: true })
  const val = new DataLoader(new Shapes(validationBatches * worldSize), { batchSize: 1 })
  await Promise.all(
    ranks.map((trainer) => trainer.fit(new RandomModule(), train, val, isResumed ? { ckptPath: path } : {})),
  )
  const ends = ranks.map((trainer, rank) => {
    const { value, momentum, steps } = strategies[rank] as RandomGradients
    const { callbackMetrics, currentEpoch, globalStep } = trainer
    return { value, momentum, steps, callbackMetrics, currentEpoch, globalStep, random: trainer.random() }
  })
  return { rows, ends, rowsBefore: saves[0]?.rowsBefore }
}

async function check(t: Test, scenario: Scenario, path: string): Promise<boolean> {
  const whole = await fit(t, scenario, path, false)
  if (whole.rowsBefore === undefined) return false
  const rest = await fit(t, scenario, path, true)
  t.strictSame(rest.rows, whole.rows.slice(whole.rowsBefore), JSON.stringify(scenario))
  t.strictSame(rest.ends, whole.ends, JSON.stringify(scenario))
  return true
}

const scenarios = fc.record({
  worldSize: fc.constantFrom(1, 2),
  options: fc.record({
    accumulateGradBatches: fc.constantFrom(1, 2, 3),
    valCheckInterval: fc.constantFrom(2, 3, batches),
    checkValEveryNEpoch: fc.constantFrom(1, 2, null),
  }),
  hook: fc.constantFrom(...hooks),
  call: fc.integer({ min: 1, max: 20 }),
})

t.test('a fit that is saved in any hook continues with the next batch, bit for bit', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const seen = new Set<SavingHook>()
  await fc.assert(
    fc.asyncProperty(scenarios, async (scenario) => {
      fc.pre(await check(t, scenario, path))
      seen.add(scenario.hook)
    }),
    { numRuns: 60, seed: 7 },
  )
  t.strictSame([...seen].sort(), [...hooks].sort(), 'every hook has saved')
})

t.test('a fit that maxSteps ends within an epoch continues with the next batch', async (t) => {
  const path = join(temporary(t), 'a.ckpt')
  const scenario: Scenario = { worldSize: 2, options: { accumulateGradBatches: 2 }, hook: 'onTrainEnd', call: 1 }
  const whole = await fit(t, scenario, path, false)
  for (const maxSteps of [1, 3, 4, 5, 7, 8, 11]) {
    const options = { ...scenario.options, maxSteps }
    const { rows } = await fit(t, { ...scenario, options }, path, false)
    const rest = await fit(t, scenario, path, true)
    t.strictSame(rest.ends, whole.ends, `${maxSteps}`)
    const isAtEndOfEpoch = maxSteps % 4 === 0 // otherwise the row of the epoch has only a part of its batches
    t.strictSame([...rows.slice(0, isAtEndOfEpoch ? undefined : -1), ...rest.rows], whole.rows, `${maxSteps}`)
  }
})

const others: [name: string, worldSize: number, options: TrainerOptions, here: string][] = [
  ['another number of ranks', 1, {}, '7 batches, with worldSize 1, batchSize 2'],
  ['another number of batches', 2, { limitTrainBatches: 6 }, '6 batches, with worldSize 2, batchSize 1'],
]
for (const [name, worldSize, options, here] of others)
  t.test(`with ${name}, a fit that was saved within an epoch starts it again, with a warning`, async (t) => {
    const path = join(temporary(t), 'a.ckpt')
    await fit(t, { worldSize: 2, options: {}, hook: 'onTrainBatchStart', call: 11 }, path, false)
    const written = t.capture(process.stderr, 'write', () => true)
    const { ends } = await fit(t, { worldSize, options, hook: 'onTrainEnd', call: 1 }, path, true)
    const text =
      `${path} was saved after 3 of 7 batches of an epoch, with worldSize 2, batchSize 1 and accumulateGradBatches 1, ` +
      `but here an epoch has ${here} and accumulateGradBatches 1; epoch 1 starts again`
    t.match(written().map(({ args: [line] }) => line), [`the checkpoint ${text}\n`]) // biome-ignore format: one expression
    const batchesOfEpoch = options.limitTrainBatches ?? batches
    t.match(ends, Array(worldSize).fill({ currentEpoch: 3, globalStep: 10 + 2 * batchesOfEpoch }))
  })

t.test(
  'with another batch size, an epoch starts again, also if it has as many batches and samples per step',
  async (t) => {
    const path = join(temporary(t), 'a.ckpt')
    const options = { limitTrainBatches: 3 }
    const saved: Scenario = {
      worldSize: 2,
      options: { ...options, accumulateGradBatches: 2 },
      hook: 'onTrainBatchStart',
      call: 5,
    }
    await fit(t, saved, path, false)
    const written = t.capture(process.stderr, 'write', () => true)
    const { ends } = await fit(t, { ...saved, options, globalBatchSize: 4 }, path, true)
    const text =
      'after 1 of 3 batches of an epoch, with worldSize 2, batchSize 1 and accumulateGradBatches 2, ' +
      'but here an epoch has 3 batches, with worldSize 2, batchSize 2 and accumulateGradBatches 1; epoch 1 starts again'
    t.equal(written().map(({ args: [line] }) => line).join(''), `the checkpoint ${path} was saved ${text}\n`) // biome-ignore format: one expression
    t.match(ends, Array(2).fill({ currentEpoch: 3, globalStep: 2 + 2 * 3 }))
  },
)

t.test('if an epoch starts again, gradients that waited for an optimizer step are not used', async (t) => {
  const folder = temporary(t)
  const [path, without] = [join(folder, 'a.ckpt'), join(folder, 'b.ckpt')]
  const options = { accumulateGradBatches: 3 }
  const saved: Scenario = { worldSize: 2, options, hook: 'onTrainBatchEnd', call: 2 }
  await fit(t, saved, path, false)
  const { checkpoint } = await readCheckpoint(path, 0)
  const ranks = checkpoint.ranks ?? []
  t.match(ranks, [{ gradients: [{ shape: [1] }] }, { gradients: [{ shape: [1] }] }])
  await writeCheckpoint(without, { ...checkpoint, ranks: ranks.map((rank) => ({ ...rank, gradients: undefined })) })
  t.capture(process.stderr, 'write', () => true)
  const resume = (from: string) => fit(t, { ...saved, options: { ...options, limitTrainBatches: 6 } }, from, true)
  t.strictSame((await resume(path)).ends, (await resume(without)).ends)
})
