import { countText } from 'pino-rank/sink'
import {
  type Cell,
  diskText,
  kindOf,
  listText,
  type Question,
  roundRatio,
  timesText,
  timeText,
} from '../results/index.ts'
import { median } from '../stats/index.ts'
import {
  type Chart,
  headHeight,
  key,
  label,
  layers,
  margin,
  type NoChart,
  numberFormat,
  pictureWidth,
  type Spec,
  shorten,
  textWidth,
} from './chart.ts'
import { figures, roundsText, sizeText } from './figures.ts'
import { isDrawn, kindColor, kindOrder, kindTexts } from './kinds.ts'
import { type Domain, logAt, logDomain, logPart, logTicks } from './scales.ts'
import { color } from './theme.ts'

const rowHeight = 30

/** Width of a band, in pixels. The steps in each band are counted. */
const bandWidth = 2

const about =
  'Bands: all steps, denser where more of them lie. Line: median. Diamonds: p99 of each round. Circle: the longest step.'

/** One row of the chart. */
interface Row {
  mode: string
  kind: ReturnType<typeof kindOf>
  sample: number[]
  p50: number
  p99s: number[]
  p99: number
  /** p99 divided by p99 without logging. Undefined: there is no run without logging. */
  times?: number
  max: number
}

/** Returns the chart of the step times on one disk, with a row for each mode. */
export function distributionChart(question: Question): Chart | NoChart {
  const rows = rowsOf(question)
  const where = diskText(question.disk)
  if (rows.length === 0)
    return { heading: 'Step time', why: `The step times on ${where} are not drawn: the run has no step of any mode.` }
  const names = rows.map(({ mode }) => shorten(mode, 36))
  const left = Math.max(...names.map((name) => textWidth(name)), 60) + 28
  const right = 182
  const width = pictureWidth - left - right
  const height = rows.length * rowHeight
  const job = `${countText(question.ranks, 'rank')}, ${countText(question.linesPerStep, 'line')} of ${sizeText(question.lineBytes)} a step`
  const head = { title: 'How long a step takes, by the way to log', subtitle: [`${job}, on ${where}.`, about] }
  const frame = { width, height, left, right, top: headHeight(head) + 66, bottom: 52 }
  const domain = logDomain(rows.flatMap(({ sample, p99s, max }) => [...sample, ...p99s, max]))
  const x = {
    type: 'quantitative',
    scale: { type: 'log', domain, nice: false },
    title: 'time of a step (ms, log scale)',
    axis: { values: logTicks(domain), format: numberFormat, tickSize: 4 },
  }
  const y = {
    field: 'row',
    type: 'ordinal',
    sort: null,
    axis: null,
    scale: { domain: rows.map((_, row) => row), padding: 0 },
  }
  const at = (field: string) => ({ x: { ...x, field }, y })
  const data = (values: Spec[]) => ({ data: { values } })
  const base = rows.find(({ kind }) => kind === 'none')
  const kinds = kindOrder.filter((kind) => rows.some((row) => row.kind === kind))
  const layer: Spec[] = [
    {
      ...data(rows.flatMap((row, index) => bandsOf(row, index, domain, width))),
      mark: { type: 'rect', height: { band: 0.56 } },
      encoding: {
        ...at('from'),
        x2: { field: 'to' },
        color: { field: 'color', type: 'nominal', scale: null },
        opacity: {
          field: 'share',
          type: 'quantitative',
          scale: { domain: [0, 0.04], range: [0.3, 1], clamp: true },
          legend: null,
        },
      },
    },
    {
      ...data(rows.map(({ p50 }, row) => ({ row, p50 }))),
      mark: { type: 'tick', size: 24, thickness: 2, color: color('ink'), opacity: 1 },
      encoding: at('p50'),
    },
    {
      ...data(rows.flatMap(({ p99s }, row) => p99s.map((p99) => ({ row, p99 })))),
      mark: {
        type: 'point',
        shape: 'diamond',
        size: 60,
        filled: true,
        fill: color('ink'),
        stroke: color('paper'),
        strokeWidth: 0.5,
        opacity: 1,
      },
      encoding: at('p99'),
    },
    {
      ...data(rows.map(({ max }, row) => ({ row, max }))),
      mark: {
        type: 'point',
        shape: 'circle',
        size: 34,
        filled: false,
        stroke: color('ink'),
        strokeWidth: 1.5,
        opacity: 1,
      },
      encoding: at('max'),
    },
    ...rows.flatMap((row, index) => {
      const middle = (index + 0.5) * rowHeight
      return [
        label(names[index] as string, -12, middle, { align: 'right' }),
        label(timeText(row.p99), width + 70, middle, { align: 'right', fontWeight: 600 }),
        ...(row.times === undefined ? [] : [label(timesText(row.times), width + 166, middle, { align: 'right' })]),
      ]
    }),
    label('p99', width + 70, -12, { align: 'right', fill: color('faint') }),
    ...(base ? [label('÷ no logging', width + 166, -12, { align: 'right', fill: color('faint') })] : []),
    ...key(
      kinds.map((kind) => [kindTexts[kind], kindColor(kind)]),
      margin - left,
      -40,
    ),
  ]
  return {
    name: `step-time-${question.disk.name}`,
    heading: `Step time, ${where}`,
    about,
    sentence: sentenceOf(rows, question),
    spec: layers(frame, head, layer),
  }
}

/** Returns the rows: no logging first, then by kind of mode. Within a kind, the slowest mode is last. */
function rowsOf({ baseline, modes }: Question): Row[] {
  return [...(baseline ? [baseline] : []), ...modes]
    .map(
      (cell): Row => ({
        mode: cell.mode,
        kind: kindOf(cell.mode),
        sample: cell.rounds.flatMap(({ sample }) => sample).filter(isDrawn),
        p50: median(figures(cell, 'p50')),
        p99s: figures(cell, 'p99').filter(isDrawn),
        p99: median(figures(cell, 'p99')),
        max: Math.max(...figures(cell, 'max')),
        ...timesOf(cell, baseline),
      }),
    )
    .filter(({ sample, p50, p99, max }) => sample.length > 0 && [p50, p99, max].every(isDrawn))
    .sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind) || a.p99 - b.p99)
}

function timesOf(cell: Cell, baseline: Cell | undefined): { times?: number } {
  const ratio = cell === baseline ? null : roundRatio(cell, baseline, 'p99')
  return ratio === null ? {} : { times: ratio.median }
}

function bandsOf({ kind, sample }: Row, row: number, domain: Domain, width: number): Spec[] {
  const bands = Math.ceil(width / bandWidth)
  const counts = new Map<number, number>()
  for (const time of sample) {
    const band = Math.floor(logPart(time, domain) * bands)
    counts.set(band, (counts.get(band) ?? 0) + 1)
  }
  return [...counts].map(([band, count]) => ({
    row,
    from: logAt(band / bands, domain),
    to: logAt((band + 1) / bands, domain),
    share: count / sample.length,
    color: kindColor(kind),
  }))
}

function sentenceOf(rows: readonly Row[], { disk, ranks, baseline, modes }: Question): string {
  const base = rows.find(({ kind }) => kind === 'none')
  const gated = rows.find(({ kind }) => kind === 'gated')
  const others = rows.filter(({ kind }) => kind === 'ours' || kind === 'ungated')
  const slowest = others.toSorted((a, b) => b.p99 - a.p99)[0]
  const timeOf = ({ p99, times }: Row) => `${timeText(p99)}${times === undefined ? '' : ` (${timesText(times)})`}`
  const texts = [
    ...(base ? [`${timeOf(base)} without logging`] : []),
    ...(gated ? [`${timeOf(gated)} gated`] : []),
    ...(slowest ? [`${timeOf(slowest)} with ${slowest.mode}, the slowest mode in which every rank writes`] : []),
  ]
  const few = roundsText(Math.min(...[...(baseline ? [baseline] : []), ...modes].map(({ rounds }) => rounds.length)))
  return `On ${diskText(disk)} with ${countText(ranks, 'rank')}, 99 % of the steps take up to ${listText(texts)}.${few}`
}
