import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { wandbStream } from 'pino-wandb'
import { endOf } from '../../../../packages/pino-rank-metrics/dist/record/metric-record.js'
import type { MetricRun, MetricSink } from '../metric-sink.ts'
import { exitCodeOf, itemsOf, offlineRuns, wandbRecords } from '../wandb-records.ts'

export const sink: MetricSink = {
  name: 'pino-wandb',
  module: import.meta.url,
  stream: wandbStream,
  options: (dir) => ({ dir, id: 'rank-{rank}', group: 'conformance' }),
  runs: async (dir) => offlineRuns(dir).map(readRun),
  ends: ['finished', 'failed', 'killed'],
}

function readRun(folder: string): MetricRun {
  const file = readdirSync(folder).find((name) => name.endsWith('.wandb')) as string
  const run: MetricRun = { losses: [] }
  for (const record of wandbRecords(join(folder, file))) {
    const items = record.kind === 'history' ? itemsOf(record) : {}
    if (items.loss !== undefined) run.losses.push([Number(items['trainer/global_step']), Number(items.loss)])
    if (record.kind === 'exit') run.end = endOf(exitCodeOf(record)).status
  }
  return run
}
