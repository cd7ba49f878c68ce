import { countText } from 'pino-rank/sink'
import {
  type Disk,
  diskText,
  listText,
  longerStall,
  numberText,
  type Result,
  type Round,
  timesText,
  timeText,
} from '../results/index.ts'
import type { Chart, NoChart } from './chart.ts'
import { roundsText, sizeText } from './figures.ts'
import { logSlope } from './scales.ts'
import { scalingChart } from './scaling-chart.ts'
import { type Scaling, type Series, type Size, scalingOf } from './scaling-data.ts'

/** One chart of a cost against a size. */
interface Question {
  name: string
  size: Size
  cost(round: Round): number
  heading: string
  /** The cost, as the subject of a sentence. */
  subject: string
  x: string
  y: string
  /** Returns a size with its unit: `8 ranks`, `100 lines a step`. */
  sizeText(size: number): string
  /** Returns the sizes that are the same in all cells of the chart. */
  fixedText(fixed: Scaling['fixed']): string
  /** Options that measure more sizes. */
  fix: string
}

const rankText = (ranks: number) => countText(ranks, 'rank')
const lineText = (lines: number) => `${numberText(lines)} ${lines === 1 ? 'line' : 'lines'} a step`

const stall = {
  cost: longerStall,
  subject: 'the time in the log calls of a step',
  y: 'log calls of a step (ms, log scale)',
}

const questions: readonly Question[] = [
  {
    name: 'p99-ranks',
    size: 'ranks',
    cost: ({ p99 }) => p99,
    heading: 'Step p99 against ranks',
    subject: 'the p99 of a step',
    x: 'ranks (log scale)',
    y: 'p99 of a step (ms, log scale)',
    sizeText: rankText,
    fixedText: ({ linesPerStep, lineBytes }) =>
      `${numberText(linesPerStep)} ${linesPerStep === 1 ? 'line' : 'lines'} of ${sizeText(lineBytes)} a step`,
    fix: '--ranks 1,2,4,8 or --scaling',
  },
  {
    ...stall,
    name: 'stall-lines',
    size: 'linesPerStep',
    heading: 'Time in log calls against lines a step',
    x: 'lines that each rank logs in a step (log scale)',
    sizeText: lineText,
    fixedText: ({ ranks, lineBytes }) => `${rankText(ranks)}, lines of ${sizeText(lineBytes)}`,
    fix: '--lines 1,10,100 or --scaling',
  },
  {
    ...stall,
    name: 'stall-bytes',
    size: 'lineBytes',
    heading: 'Time in log calls against the size of a line',
    x: 'size of a line (bytes, log scale)',
    sizeText: (bytes) => `lines of ${sizeText(bytes)}`,
    fixedText: ({ ranks, linesPerStep }) => `${rankText(ranks)}, ${lineText(linesPerStep)}`,
    fix: '--line-bytes 100,1k,10k or --scaling',
  },
]

/** Returns the charts of one disk: the cost of each mode against ranks, lines a step and line size. */
export function scalingCharts(result: Result, disk: Disk): (Chart | NoChart)[] {
  return questions.map((question) => {
    const heading = `${question.heading}, ${diskText(disk)}`
    const scaling = scalingOf(result, disk, question.size, question.cost)
    return scaling ? chartOf(result, question, scaling, heading) : { heading, why: whyNot(result, disk, question) }
  })
}

function chartOf({ machine }: Result, question: Question, scaling: Scaling, heading: string): Chart {
  const { disk, fixed, series } = scaling
  const most = Math.max(...series.flatMap(({ points }) => points.map(({ at }) => at)))
  const ranks = question.size === 'ranks' ? most : fixed.ranks
  const about = [
    'Large marks and lines: median of the rounds; small marks: each round.',
    ...(question.size === 'ranks'
      ? []
      : [
          'Drawn is the longer time of two: of rank 0, and the mean of the other ranks. It includes the turn of the event loop after the calls.',
        ]),
    ...(ranks > machine.cores
      ? [`There are more ranks than CPU cores (${machine.cores}), so they share these, too.`]
      : []),
  ].join(' ')
  const texts = {
    title: question.heading,
    subtitle: [`${question.fixedText(fixed)}, on ${diskText(disk)}.`, about],
    x: question.x,
    y: question.y,
  }
  return {
    name: `${question.name}-${disk.name}`,
    heading,
    about,
    sentence: sentenceOf(question, scaling),
    spec: scalingChart(series, texts),
  }
}

/**
 * Returns a sentence with the growth from the smallest to the largest size. It names the other logger that grows most, the
 * gated mode, and no logging.
 */
function sentenceOf({ subject, sizeText, size }: Question, { disk, series }: Scaling): string {
  const rivals = series.filter(({ kind }) => kind === 'ungated')
  const most = (rivals.length > 0 ? rivals : series).reduce((a, b) => (growthOf(b) > growthOf(a) ? b : a))
  const [smallest, largest] = endsOf(most).map(({ at }) => at) as [number, number]
  const others = series.filter((one) => {
    const [first, last] = endsOf(one)
    const isShown = one.kind === 'gated' || (one.kind === 'none' && size === 'ranks') // without logging there are no calls
    return one !== most && isShown && first.at === smallest && last.at === largest
  })
  const texts = [most, ...others].map((one) => {
    const [first, last] = endsOf(one)
    const slope = Math.round(100 * logSlope(one.points.map(({ at, median }) => [at, median]))) / 100 || 0
    const way = one.kind === 'none' ? 'without logging' : `with ${one.mode}`
    return `${timesText(growthOf(one))} as long ${way} (${timeText(first.median)} to ${timeText(last.median)}, slope ${slope.toFixed(2)})`
  })
  const growth = `From ${sizeText(smallest)} to ${sizeText(largest)}, ${subject} becomes ${listText(texts)}`
  const few = roundsText(
    Math.min(...[most, ...others].flatMap(({ points }) => points.map(({ values }) => values.length))),
  )
  return `${growth}, on ${diskText(disk)}. Slope 1: in proportion; slope 0: no growth.${few}`
}

function endsOf({ points }: Series): [first: Series['points'][0], last: Series['points'][0]] {
  return [points[0], points.at(-1)] as [Series['points'][0], Series['points'][0]]
}

function growthOf(series: Series): number {
  const [first, last] = endsOf(series)
  return last.median / first.median
}

function whyNot({ cells }: Result, disk: Disk, { heading, size, sizeText, fix }: Question): string {
  const places = [...new Set(cells.filter((cell) => cell.disk === disk.name).map((cell) => cell[size]))]
  const only = places.length === 1 ? `one size only (${sizeText(places[0] as number)})` : 'no mode at two sizes'
  return `${heading} on ${diskText(disk)} is not drawn, because this run measured ${only}. Measure more with ${fix}.`
}
