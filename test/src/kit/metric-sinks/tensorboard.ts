import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readEvents, tensorboardStream } from 'pino-tensorboard'
import type { MetricRun, MetricSink } from '../metric-sink.ts'

export const sink: MetricSink = {
  name: 'pino-tensorboard',
  module: import.meta.url,
  stream: tensorboardStream,
  options: (dir) => ({ logdir: join(dir, 'rank-{rank}') }),
  async runs(dir) {
    const files = readdirSync(dir, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('tfevents'))
    return Promise.all(files.map((name) => readRun(join(dir, name))))
  },
  ends: ['finished', 'failed'],
}

async function readRun(file: string): Promise<MetricRun> {
  const run: MetricRun = { losses: [] }
  for await (const { step, values } of readEvents(file)) {
    for (const { tag, value, content } of values) {
      if (tag === 'loss') run.losses.push([step, value as number])
      if (tag === '_hparams_/session_end_info') run.end = content?.includes(Buffer.from([8, 1])) ? 'finished' : 'failed'
    }
  }
  return run
}
