import t from 'tap'
import { resultOf } from '../results/result.test-kit.ts'
import { rectsOf } from './chart.test-kit.ts'
import type { Chart, NoChart } from './chart.ts'
import { cellWith } from './round.test-kit.ts'
import { fastDisk } from './simulated-result.test-kit.ts'
import { timelineChart } from './timeline-chart.ts'

const empty = resultOf([], { disks: [fastDisk] })

/** Returns the timeline of three ranks that take 20 steps of 5 ms. In one step, the log calls of one rank take `stallMs`. */
function stalledAt(step: number, stalledRank: number, stallMs: number): [number, number, number, number][][] {
  return [0, 1, 2].map((rank) =>
    Array.from({ length: 20 }, (_, at) => {
      const start = 1e6 + at * 6 + (at > step ? stallMs - 1 : 0)
      if (at !== step) return [start, 5, 1, 0]
      return rank === stalledRank ? [start, 5, stallMs, 0] : [start, 5, 1, stallMs - 1]
    }),
  )
}

const cell = (mode: string, ...timelines: ReturnType<typeof stalledAt>[]) =>
  cellWith(
    mode,
    timelines.map((timeline) => ({ timeline })),
    { ranks: 3 },
  )

t.test(
  'the chart shows the step with the longest wait, among the modes of other loggers in which every rank writes',
  async (t) => {
    const cells = [
      cell('appendFileSync to one file', stalledAt(10, 1, 40), stalledAt(12, 2, 201)),
      cell('winston to N files', stalledAt(9, 0, 100)),
      cell('split', stalledAt(9, 0, 900)),
    ]
    const chart = timelineChart({ ...empty, cells }) as Chart
    const { sentence } = chart
    t.match(sentence, 'with appendFileSync to one file, rank 2 is in its log calls for 201 ms of one step')
    t.match(sentence, 'the other 2 ranks wait 200 ms each on average, which costs 400 ms of rank time')
    const values = rectsOf<{ rank: number; from: number; to: number; fill: string }>(chart)
    t.equal(Math.min(...values.map(({ from }) => from)), 0)
    t.strictSame(
      values.filter(({ from, to }) => to - from > 100).map(({ rank, fill }) => [rank, fill]),
      [
        [0, 'var(--idle)'],
        [1, 'var(--idle)'],
        [2, 'var(--vermillion)'],
      ],
    )
  },
)

t.test('the sentence names the number of ranks that are in their log calls at once', async (t) => {
  const timeline = stalledAt(10, 1, 80)
  ;(timeline[0] as number[][])[10] = [1e6 + 60, 5, 60, 20]
  const { sentence } = timelineChart({ ...empty, cells: [cell('pino/file to one file', timeline)] }) as Chart
  t.match(sentence, 'rank 1 and 1 other rank are in their log calls at once, the longest for 80 ms')
})

t.test(
  'if no rank waited for the log calls of another, there is no chart, and a sentence has the reason',
  async (t) => {
    const slowWork = stalledAt(10, 1, 0.5)
    const { why } = timelineChart({ ...empty, cells: [cell('winston to N files', slowWork)] }) as NoChart
    t.match(why, 'in no recorded step')
    t.match((timelineChart(empty) as NoChart).why, 'recorded no timeline')
  },
)
