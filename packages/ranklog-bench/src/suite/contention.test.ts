import t from 'tap'
import type { Disk } from '../results/index.ts'
import { throttledBytes } from './contention.ts'
import { ratesOf, stepMsOn } from './rates.ts'
import type { SuiteOptions } from './suite-options.ts'

const throttled: Disk = { name: 'throttled', fileSystem: 'ext4', bytesPerSecond: 1e7 }

t.test('the throttled disk has room for what all ranks write in a round, and not for many times that', async (t) => {
  const given = { ranks: [8], lines: [100], lineBytes: [300], durationMs: 50_000, rounds: 5 } as never as SuiteOptions
  const stepMs = stepMsOn(throttled, 100, 300, given)
  const { ungated = Number.NaN } = ratesOf(throttled, 8, 100, 300, stepMs) ?? {}
  const written = ungated * 1e7 * 10
  const bytes = throttledBytes(given, 1e7)
  t.ok(bytes > written && bytes < 2 * written + 2 ** 28, `${bytes} bytes, ${written} of them written`)
})
