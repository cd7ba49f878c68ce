import { timeText } from '../results/index.ts'
import {
  type Head,
  headHeight,
  label,
  layers,
  numberFormat,
  pictureWidth,
  type Spec,
  shorten,
  textWidth,
} from './chart.ts'
import { kindColor, kindDepth } from './kinds.ts'
import { type Domain, logAt, logDomain, logPart, logTicks, spread } from './scales.ts'
import type { Series } from './scaling-data.ts'
import { color } from './theme.ts'

export interface ScalingTexts extends Head {
  x: string
  y: string
}

const labelGap = 17
const shapes = ['circle', 'square', 'triangle-up', 'cross']
const dashes = [[], [6, 3], [2, 3]]

/** How a mode is drawn. */
interface Line {
  /** Index of the mode in the list of modes. */
  index: number
  series: Series
  stroke: string
  shape: string
  dash: readonly number[]
}

/** Returns a Vega-Lite specification that draws each mode as a line on two log axes, with its name at the end of the line. */
export function scalingChart(series: readonly Series[], texts: ScalingTexts): Spec {
  const lines = linesOf(series)
  const names = lines.map(
    ({ series: { mode, points } }) => [shorten(mode, 34), timeText(points.at(-1)?.median ?? 0)] as const,
  )
  const nameWidth = Math.max(...names.map(([name]) => textWidth(name)))
  const timeWidth = Math.max(...names.map(([, time]) => textWidth(time)))
  const [left, right] = [74, 34 + nameWidth + 14 + timeWidth]
  const width = pictureWidth - left - right - 12
  const height = Math.max(320, lines.length * labelGap + 20)
  const places = [...new Set(series.flatMap(({ points }) => points.map(({ at }) => at)))].sort((a, b) => a - b)
  const xDomain: Domain = [(places[0] as number) / 1.08, (places.at(-1) as number) * 1.08]
  const yDomain = logDomain(series.flatMap(({ points }) => points.flatMap(({ values }) => values)))
  const scale = (domain: Domain) => ({ type: 'log', domain, nice: false })
  const xAxis = { values: ticksAt(places, xDomain, width), format: numberFormat, grid: false, tickSize: 5 }
  const x = { field: 'at', type: 'quantitative', title: texts.x, scale: scale(xDomain), axis: xAxis }
  const yAxis = {
    values: logTicks(yDomain),
    format: numberFormat,
    domain: false,
    ticks: false,
    labelPadding: 8,
    minExtent: left - 34,
    maxExtent: left - 34,
  }
  const y = { field: 'cost', type: 'quantitative', title: texts.y, scale: scale(yDomain), axis: yAxis }
  const fromTop = (cost: number) => (1 - logPart(cost, yDomain)) * height
  const ends = lines.map(({ series: { points } }) => points.at(-1)?.median as number)
  const labels = spread(ends.map(fromTop), labelGap, height)
  const layer = lines
    .toSorted((a, b) => kindDepth.indexOf(a.series.kind) - kindDepth.indexOf(b.series.kind))
    .flatMap(({ series: { points }, stroke, shape, dash, index }): Spec[] => {
      const medians = points.map(({ at, median }) => ({ at, cost: median }))
      const last = medians.at(-1) as { at: number; cost: number }
      const place = labels[index] as number
      const [name, time] = names[index] as readonly [string, string]
      const encoding = { x, y }
      return [
        { data: { values: medians }, mark: { type: 'line', stroke, strokeWidth: 2, strokeDash: dash }, encoding },
        {
          data: { values: points.flatMap(({ at, values }) => values.map((cost) => ({ at, cost }))) },
          mark: { type: 'point', shape, size: 22, filled: true, fill: stroke, opacity: 0.55 },
          encoding,
        },
        {
          data: { values: medians },
          mark: {
            type: 'point',
            shape,
            size: 70,
            filled: true,
            fill: stroke,
            stroke: color('paper'),
            strokeWidth: 1,
            opacity: 1,
          },
          encoding,
        },
        {
          data: { values: [{ ...last, label: logAt(1 - place / height, yDomain) }] },
          mark: { type: 'rule', stroke, strokeWidth: 1 },
          encoding: {
            x: { value: logPart(last.at, xDomain) * width + 8 },
            x2: { value: width + 24 },
            y,
            y2: { field: 'label' },
          },
        },
        label(name, width + 30, place),
        label(time, width + 30 + nameWidth + 14 + timeWidth, place, { align: 'right', fontWeight: 600 }),
      ]
    })
  return layers({ width, height, left, right: right + 12, top: headHeight(texts) + 24, bottom: 52 }, texts, layer)
}

/** Gives each mode a colour and a shape that others of its kind do not have; with more than three modes, also a dash pattern. */
function linesOf(series: readonly Series[]): Line[] {
  const used = new Map<string, number>()
  return series.map((one, index) => {
    const place = used.get(one.kind) ?? 0
    used.set(one.kind, place + 1)
    return {
      index,
      series: one,
      stroke: kindColor(one.kind, place),
      shape: shapes[place % shapes.length] as string,
      dash: dashes[Math.floor(place / 3) % dashes.length] as readonly number[],
    }
  })
}

/** Returns the measured sizes as ticks. Leaves out those whose label would overlap the one before. */
function ticksAt(places: readonly number[], domain: Domain, width: number): number[] {
  const ticks: number[] = []
  let end = Number.NEGATIVE_INFINITY
  for (const place of places) {
    const middle = logPart(place, domain) * width
    const half = textWidth(place.toLocaleString('en')) / 2 + 4
    if (middle - half < end) continue
    ticks.push(place)
    end = middle + half
  }
  return ticks
}
