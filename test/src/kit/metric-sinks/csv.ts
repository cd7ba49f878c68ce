import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { csvStream } from 'pino-csv-metrics'
import type { MetricRun, MetricSink } from '../metric-sink.ts'

export const sink: MetricSink = {
  name: 'pino-csv-metrics',
  module: import.meta.url,
  stream: csvStream,
  options: (dir) => ({ path: join(dir, 'rank-{rank}.csv') }),
  runs: async (dir) =>
    readdirSync(dir)
      .filter((name) => name.endsWith('.csv'))
      .map((name) => readRun(join(dir, name))),
  ends: [],
}

/** Reads a CSV file whose cells are numbers without quotes. */
function readRun(path: string): MetricRun {
  const [head = '', ...lines] = readFileSync(path, 'utf8').split('\r\n').slice(0, -1)
  const columns = head.split(',')
  const [step, loss] = ['step', 'loss'].map((name) => columns.indexOf(name)) as [number, number]
  const rows = lines.map((line) => line.split(',')).filter((cells) => cells[loss] !== '')
  return { losses: rows.map((cells) => [Number(cells[step]), Number(cells[loss])]) }
}
