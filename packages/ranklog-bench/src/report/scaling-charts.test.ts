import t from 'tap'
import { resultOf } from '../results/result.test-kit.ts'
import type { Chart, NoChart } from './chart.ts'
import { cellWith } from './round.test-kit.ts'
import { scalingCharts } from './scaling-charts.ts'
import { fastDisk } from './simulated-result.test-kit.ts'

const empty = resultOf([], { disks: [fastDisk] })

const p99s = (mode: string, ranks: number, ...values: number[]) =>
  cellWith(
    mode,
    values.map((p99) => ({ p99 })),
    { ranks },
  )

t.test('p99 against ranks: the sentence has the mode that grows most, the gated mode and no logging', async (t) => {
  const cells = [
    ...[1, 2, 4].map((ranks) => p99s('no logging', ranks, 7, 8, 9)),
    ...[1, 2, 4].map((ranks) => p99s('gated', ranks, 8.2)),
    ...[1, 2, 4].map((ranks) => p99s('appendFileSync to one file', ranks, 10 * ranks ** 2)),
    ...[1, 2, 4].map((ranks) => p99s('winston to N files', ranks, 9 * ranks)),
  ]
  const [chart] = scalingCharts({ ...empty, cells }, fastDisk) as [Chart]
  t.equal(chart.name, 'p99-ranks-given')
  t.match(
    chart.sentence,
    'From 1 rank to 4 ranks, the p99 of a step becomes 16 × as long with appendFileSync to one file (10 ms to 160 ms, slope 2.00)',
  )
  t.match(chart.sentence, '1.00 × as long without logging (8 ms to 8 ms, slope 0.00)')
  t.match(chart.sentence, '1.00 × as long with gated (8.2 ms to 8.2 ms, slope 0.00)')
  t.notMatch(chart.sentence, 'winston')
  t.match(chart.sentence, '1 round cannot show a difference')
})

t.test('stall against lines: the longer stall of rank 0 and the other ranks is taken', async (t) => {
  const stalls = (linesPerStep: number, stallRank0: number, stallOthers: number | null) =>
    cellWith('pino/file to one file', [{ stallRank0, stallOthers }], { linesPerStep, part: 'lines' })
  const [, chart] = scalingCharts(
    { ...empty, cells: [stalls(1, 0.01, 0.02), stalls(100, 3, null)] },
    fastDisk,
  ) as Chart[]
  t.equal(chart?.name, 'stall-lines-given')
  t.match(
    chart?.sentence,
    'From 1 line a step to 100 lines a step, the time in the log calls of a step becomes 150 × as long with pino/file to one file (20 µs to 3 ms, slope 1.09)',
  )
})

t.test('cells are compared only if they have the same number and size of lines', async (t) => {
  const cells = [
    p99s('gated', 1, 5),
    { ...p99s('gated', 2, 50), linesPerStep: 1 },
    p99s('gated', 4, 6),
    p99s('gated', 8, 7),
  ]
  const [chart] = scalingCharts({ ...empty, cells }, fastDisk) as [Chart]
  t.match(chart.sentence, '(5 ms to 7 ms, slope ')
  t.notMatch(JSON.stringify(chart.spec), '"cost":50')
})

t.test('controls, figures of 0 and cells of other disks are not drawn', async (t) => {
  const cells = [p99s('gated', 1, 5), p99s('gated', 2, 0), { ...p99s('gated', 4, 6), part: 'control' as const }]
  const [none] = scalingCharts(
    { ...empty, cells: [...cells, { ...p99s('gated', 8, 6), disk: 'tmpfs' as const }] },
    fastDisk,
  )
  t.match((none as NoChart).why, 'Step p99 against ranks on this disk (ext4, 210 MB/s measured) is not drawn')
})

t.test('with one size only, the text names what was measured and the option that measures more', async (t) => {
  const charts = scalingCharts({ ...empty, cells: [p99s('gated', 8, 5)] }, fastDisk) as NoChart[]
  t.match(charts[0]?.why, /one size only \(8 ranks\)\. Measure more with --ranks/)
  t.match(charts[1]?.why, /one size only \(100 lines a step\)\. Measure more with --lines/)
  t.match(charts[2]?.why, /one size only \(lines of 300 B\)\. Measure more with --line-bytes/)
})

t.test('the text names the number of cores if there are more ranks than cores', async (t) => {
  const cells = [p99s('gated', 2, 5), p99s('gated', 8, 6)]
  const about = (cores: number) =>
    (scalingCharts({ ...empty, cells, machine: { ...empty.machine, cores } }, fastDisk)[0] as Chart).about
  t.match(about(4), 'more ranks than CPU cores (4)')
  t.notMatch(about(8), 'more ranks')
})
