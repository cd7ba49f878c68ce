import t from 'tap'
import { cellOf } from '../results/result.test-kit.ts'
import { harnessOverhead } from './harness-overhead.ts'

const base = () => cellOf('no logging', 6)
const sink = (p99: number, changes = {}) => cellOf('no-op sink', p99, { spread: 0, ...changes })

t.test('the overhead is what the no-op sink adds to the median step of the same job without logging', async (t) => {
  const [found, ...more] = harnessOverhead([base(), sink(6.6)])
  t.match(found, { disk: 'given', ranks: 8, lines: 100 })
  t.ok(Math.abs((found?.overhead as number) - 0.1) < 1e-9, `${found?.overhead}`)
  t.strictSame(more, [])
})

t.test('a sink is compared only to a job that differs in nothing else', async (t) => {
  for (const changes of [
    { disk: 'tmpfs' },
    { ranks: 4 },
    { linesPerStep: 10 },
    { lineBytes: 100 },
    { part: 'control' },
  ] as const) {
    t.strictSame(harnessOverhead([base(), sink(6.6, changes)]), [], JSON.stringify(changes))
    t.strictSame(harnessOverhead([cellOf('no logging', 6, changes), sink(6.6)]), [], JSON.stringify(changes))
  }
  t.strictSame(harnessOverhead([base(), cellOf('gated', 6.6)]), [], 'a mode that writes is no measure of it')
})
