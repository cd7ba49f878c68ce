import { countText } from 'pino-rank/sink'
import { diskText, numberText, type Result, timeText } from '../results/index.ts'
import {
  type Chart,
  headHeight,
  key,
  layers,
  margin,
  type NoChart,
  numberFormat,
  pictureWidth,
  type Spec,
} from './chart.ts'
import { sizeText } from './figures.ts'
import { color } from './theme.ts'
import { type Stall, stepsAround, worstStall } from './timeline-data.ts'

const heading = 'A step in which one rank keeps the others waiting'

const about = 'Each row is a rank; a step is its work, its log calls and the wait for the slowest rank.'

const parts = [
  { name: 'work', fill: color('blue') },
  { name: 'log calls', fill: color('vermillion') },
  { name: 'waiting in the barrier', fill: color('idle') },
] as const

/** Returns the chart of what each rank did around the step in which ranks waited longest for the log calls of another. */
export function timelineChart(result: Result): Chart | NoChart {
  const stall = worstStall(result)
  if (stall === undefined) return { heading, why: whyNot(result) }
  const { cell, timeline } = stall
  const [first, last] = stepsAround(stall)
  const start = Math.min(...timeline.map((steps) => steps[first]?.[0] as number))
  const bars = timeline.flatMap((steps, rank) =>
    steps.slice(first, last + 1).flatMap(([begin, ...times]) => {
      let from = begin - start
      return times.flatMap((time, part) => {
        const bar = { rank, from, to: from + time, fill: parts[part]?.fill }
        from += time
        return time > 0 ? [bar] : []
      })
    }),
  )
  const rowHeight = Math.max(7, Math.min(24, Math.floor(320 / timeline.length)))
  const [left, right] = [64, 24]
  const job = `${cell.mode}: ${countText(cell.ranks, 'rank')}, ${countText(cell.linesPerStep, 'line')} of ${sizeText(cell.lineBytes)} a step`
  const head = { title: heading, subtitle: [`${job}, on ${diskTextOf(result, stall)}.`, about] }
  const top = headHeight(head) + 44
  const frame = {
    width: pictureWidth - left - right,
    height: timeline.length * rowHeight,
    left,
    right,
    top,
    bottom: 52,
  }
  const every = rowHeight < 14 ? 8 : 1
  const ranks = timeline.map((_, rank) => rank)
  const yAxis = {
    values: ranks.filter((rank) => rank % every === 0),
    ticks: false,
    domain: false,
    labelPadding: 6,
    titlePadding: 10,
  }
  const y = {
    field: 'rank',
    type: 'ordinal',
    sort: null,
    title: 'rank',
    scale: { domain: ranks, padding: 0 },
    axis: { ...yAxis, labelAngle: 0 },
  }
  const domain = [0, Math.max(...bars.map(({ to }) => to))]
  const layer: Spec[] = [
    {
      data: { values: bars },
      mark: { type: 'rect', height: { band: rowHeight < 12 ? 0.9 : 0.76 } },
      encoding: {
        x: {
          field: 'from',
          type: 'quantitative',
          title: 'time (ms)',
          scale: { domain, nice: false },
          axis: { grid: false, format: numberFormat, tickSize: 5, tickCount: 8 },
        },
        x2: { field: 'to' },
        y,
        color: { field: 'fill', type: 'nominal', scale: null },
      },
    },
    ...key(
      parts.map(({ name, fill }) => [name, fill]),
      margin - left,
      -20,
    ),
  ]
  return { name: 'timeline', heading, about, sentence: sentenceOf(result, stall), spec: layers(frame, head, layer) }
}

function diskTextOf({ disks }: Result, { cell }: Stall): string {
  const disk = disks.find(({ name }) => name === cell.disk)
  return disk ? diskText(disk) : cell.disk
}

function sentenceOf(result: Result, stall: Stall): string {
  const { cell, rank, stallMs, stalled, waitMs, timeline } = stall
  const others = timeline.length - 1
  const who =
    stalled > 1
      ? `rank ${rank} and ${countText(stalled - 1, 'other rank')} are in their log calls at once, the longest for`
      : `rank ${rank} is in its log calls for`
  const waits = `the ${others === 1 ? 'other rank waits' : `other ${numberText(others)} ranks wait`} ${timeText(waitMs / others)}${others === 1 ? '' : ' each on average'}`
  return `On ${diskTextOf(result, stall)} with ${cell.mode}, ${who} ${timeText(stallMs)} of one step; ${waits}, which costs ${timeText(waitMs)} of rank time.`
}

function whyNot({ cells }: Result): string {
  const rivals = cells.some(({ rounds }) => rounds.some(({ timeline }) => timeline !== undefined))
  const reason = rivals
    ? 'in no recorded step of a mode in which every rank writes did the others wait for a log call that took longer than the work'
    : 'this run recorded no timeline of a mode in which several ranks write'
  return `No timeline is drawn, because ${reason}.`
}
