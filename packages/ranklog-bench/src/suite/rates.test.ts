import t from 'tap'
import type { Disk } from '../results/index.ts'
import { aims, ratesOf, stepMsOn } from './rates.ts'
import type { SuiteOptions } from './suite-options.ts'

const options = {} as SuiteOptions
const throttled: Disk = { name: 'throttled', fileSystem: 'ext4', bytesPerSecond: 1e7 }

t.test(
  'the step time on a throttled disk is such that its rate suffices for rank 0 and not for eight ranks',
  async (t) => {
    for (const [lines, lineBytes, rate] of [
      [100, 300, 1e7],
      [1000, 300, 1e7],
      [10, 150, 1e6],
      [100, 10_000, 5e7],
    ] as const) {
      const disk = { ...throttled, bytesPerSecond: rate }
      const stepMs = stepMsOn(disk, lines, lineBytes, options)
      const rates = ratesOf(disk, 8, lines, lineBytes, stepMs)
      t.ok(rates && rates.rank0 <= aims.rank0 && rates.ungated >= aims.ungated, JSON.stringify(rates))
    }
  },
)

t.test('a step time that the user sets, and the step time on other disks, do not depend on the rate', async (t) => {
  t.equal(stepMsOn(throttled, 100, 300, { ...options, stepMs: 8 }), 8)
  t.equal(stepMsOn({ ...throttled, name: 'given' }, 100, 300, options), 5)
  t.same(ratesOf({ ...throttled, name: 'given' }, 4, 100, 300, 5), {
    disk: 'given',
    ranks: 4,
    lines: 100,
    lineBytes: 300,
    stepMs: 5,
    rank0: 0.6,
    ungated: 2.4,
  })
  t.equal(
    ratesOf({ name: 'tmpfs', fileSystem: 'tmpfs' }, 4, 100, 300, 5),
    undefined,
    'undefined if the rate was not measured',
  )
})
