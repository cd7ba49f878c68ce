import t from 'tap'
import type { Question } from '../results/index.ts'
import { rectsOf } from './chart.test-kit.ts'
import type { Chart, NoChart } from './chart.ts'
import { distributionChart } from './distribution-chart.ts'
import { cellWith } from './round.test-kit.ts'
import { fastDisk } from './simulated-result.test-kit.ts'

const times = (p50: number, ...p99s: number[]) =>
  p99s.map((p99) => ({ p50, p99, max: 2 * p99, sample: Array.from({ length: 100 }, (_, i) => (i < 98 ? p50 : p99)) }))

const question: Question = {
  disk: fastDisk,
  ranks: 8,
  linesPerStep: 100,
  lineBytes: 300,
  baseline: cellWith('no logging', times(5, 8, 7, 9)),
  modes: [
    cellWith('appendFileSync to one file', times(6, 208, 200, 250)),
    cellWith('winston to N files', times(6, 30, 40, 50)),
    cellWith('gated', times(5, 8.4, 7.7, 9.9)),
  ],
}

t.test('the sentence has the p99 of no logging, of the gated mode and of the slowest mode', async (t) => {
  const { sentence, name } = distributionChart(question) as Chart
  t.equal(name, 'step-time-given')
  t.equal(
    sentence,
    'On this disk (ext4, 210 MB/s measured) with 8 ranks, 99 % of the steps take up to 8 ms without logging, 8.4 ms (1.10 ×) gated and ' +
      '208 ms (28 ×) with appendFileSync to one file, the slowest mode in which every rank writes. 3 rounds cannot show a difference; 5 can.',
  )
})

t.test('without a run of no logging there is no factor', async (t) => {
  const { baseline: _, ...rest } = question
  const { sentence, spec } = distributionChart(rest) as Chart
  t.match(sentence, '99 % of the steps take up to 8.4 ms gated and 208 ms with appendFileSync')
  t.notMatch(sentence, '×')
  t.notMatch(JSON.stringify(spec), '×')
})

t.test('each step of the sample is drawn in one band of its row', async (t) => {
  const values = rectsOf<{ row: number; from: number; to: number; share: number }>(distributionChart(question))
  t.strictSame([...new Set(values.map(({ row }) => row))], [0, 1, 2, 3])
  for (const row of [0, 1, 2, 3]) {
    const shares = values.filter((band) => band.row === row).map(({ share }) => share)
    t.equal(shares.reduce((sum, share) => sum + share, 0).toFixed(9), '1.000000000')
  }
  const gated = values.filter(({ row }) => row === 1)
  t.ok(gated.some(({ from, to, share }) => from <= 5 && 5 < to && share === 0.98))
})

t.test('a disk without steps is not drawn, and the reason names the disk', async (t) => {
  const { why } = distributionChart({ disk: fastDisk, ranks: 8, linesPerStep: 1, lineBytes: 1, modes: [] }) as NoChart
  t.match(why, 'this disk (ext4, 210 MB/s measured)')
})
