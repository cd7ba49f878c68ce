// N ranks with batch size B train the same parameters as one process with batch size N × B, in every run.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import t, { type Test } from 'tap'
import { Trainer } from '../index.ts'
import { type EqualFit, type EqualFitResult, equalFits, runEqualFit } from '../kit/equal-fit.ts'
import { quietOptions } from '../kit/quiet-options.ts'
import { trainers } from '../kit/ranks-in-process.ts'
import { runNode } from '../kit/run-node.ts'
import { temporary } from '../kit/temporary.ts'
import { DdpStrategy } from './ddp-strategy.ts'

/** Largest difference that the order of float32 sums may make. */
const tolerance = 1e-5

/** What a rank has written. The results are in the order of `equalFits`. */
interface RankResult {
  whole: EqualFitResult[]
  resumed: EqualFitResult[]
}

/** Returns the results of all ranks, by rank. */
async function onRanks(t: Test, devices: number, ...args: string[]): Promise<RankResult[]> {
  const results = temporary(t)
  const { code, stderr } = await runNode('kit/equal-fits.js', { args: [`${devices}`, results, ...args] }).ended
  t.equal(code, 0, stderr)
  const files = Array.from({ length: devices }, (_, rank) => join(results, `${rank}.json`))
  return files.map((file) => JSON.parse(readFileSync(file, 'utf8')))
}

const hashesOf = (results: readonly EqualFitResult[]) => results.map(({ hashes }) => hashes)

function largestDifference({ values: one }: EqualFitResult, { values: other }: EqualFitResult): number {
  return Math.max(...one.map((value, at) => Math.abs(value - (other[at] as number))))
}

t.test('1, 2 and 4 ranks that are processes', async (t) => {
  const folder = temporary(t)
  const two = await onRanks(t, 2, folder, 'save')
  const [one, four, again] = await Promise.all([
    onRanks(t, 1, folder, 'resume'),
    onRanks(t, 4, folder, 'resume'),
    onRanks(t, 2),
  ])
  const fourAgain = await onRanks(t, 4)
  const [alone] = one as [RankResult]

  for (const [index, fit] of equalFits.entries()) {
    const wanted = alone.whole[index] as EqualFitResult
    for (const ranks of [two, four]) {
      t.test(`${JSON.stringify(fit)}: ${ranks.length} ranks train what one process trains`, async (t) => {
        const difference = largestDifference(wanted, ranks[0]?.whole[index] as EqualFitResult)
        t.ok(difference < tolerance, `at most ${difference} apart`)
      })
    }
    for (const ranks of [one, four]) {
      t.test(`${JSON.stringify(fit)}: a fit of 2 ranks can be continued on ${ranks.length}`, async (t) => {
        const resumed = ranks[0]?.resumed[index] as EqualFitResult
        t.equal(resumed.hashes.length, 1, 'one epoch was left')
        const difference = largestDifference(two[0]?.whole[index] as EqualFitResult, resumed)
        t.ok(difference < tolerance, `at most ${difference} apart`)
      })
    }
  }

  t.test('all ranks have the same parameters after every epoch', async (t) => {
    for (const [first, ...others] of [two, four])
      for (const { whole, resumed } of others) {
        t.strictSame(hashesOf(whole), hashesOf(first?.whole ?? []))
        t.strictSame(hashesOf(resumed), hashesOf(first?.resumed ?? []))
      }
  })

  t.test('a second run has the same parameters after every epoch, bit for bit', async (t) => {
    const first = (ranks: RankResult[]) => hashesOf(ranks[0]?.whole ?? [])
    t.strictSame(first(again), first(two))
    t.strictSame(first(fourAgain), first(four))
  })

  t.test('the fits differ', async (t) => {
    const hashes = alone.whole.flatMap(({ hashes }) => hashes)
    t.equal(new Set(hashes).size, 2 * equalFits.length)
  })
})

t.test(
  '2 ranks that accumulate 2 batches train what one process trains without, also in a fit that is continued',
  async (t) => {
    await tf.setBackend('cpu')
    const fit: EqualFit = { net: 'mlp', optimizer: 'adam' }
    const savedAs = join(temporary(t), 'alone.ckpt')
    const alone = await runEqualFit(new Trainer({ ...quietOptions, strategy: new DdpStrategy(), maxEpochs: 2 }), fit, {
      savedAs,
    })
    for (const ckptPath of [undefined, savedAs]) {
      const options = { accumulateGradBatches: 2, ...(ckptPath && { ckptPath }) }
      const ranks = trainers(t, 2, () => ({
        ...quietOptions,
        strategy: new DdpStrategy(),
        maxEpochs: 2,
        accumulateGradBatches: 2,
      }))
      const [first, second] = await Promise.all(ranks.map((trainer) => runEqualFit(trainer, fit, options)))
      t.strictSame(first, second)
      const difference = largestDifference(alone, first as EqualFitResult)
      t.ok(difference < tolerance, `at most ${difference} apart`)
    }
  },
)
