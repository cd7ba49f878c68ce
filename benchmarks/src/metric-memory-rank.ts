import { rankLogger } from 'pino-rank'
import { tensorboardStream } from 'pino-tensorboard'
import { close, ready } from './destination.ts'
import { sendResult } from './send-result.ts'

/** The job of a program that logs many scalars, and measures its memory. */
export interface MetricMemoryJob {
  way: 'target' | 'stream'
  logdir: string
  scalars: number
  tags: number
}

export interface MetricMemoryNote {
  /** Resident set after each fifth of the run, in MB. */
  rss: number[]
}

const perRecord = 10
const perFlush = 1000

await sendResult<MetricMemoryJob>(async ({ way, logdir, scalars, tags }): Promise<MetricMemoryNote> => {
  const log =
    way === 'target'
      ? rankLogger({ transport: { target: 'pino-tensorboard', options: { logdir } } })
      : rankLogger({}, tensorboardStream({ logdir }))
  await ready(log)
  const names = Array.from({ length: tags }, (_, at) => `layer/${at}/norm`)
  const rss: number[] = []
  const records = scalars / perRecord
  for (let step = 0; step < records; step++) {
    const metrics: Record<string, number> = {}
    for (let at = 0; at < perRecord; at++) metrics[names[(step * perRecord + at) % tags] as string] = step
    log.info({ metrics, step })
    if (step % perFlush === 0) await new Promise((flushed) => log.flush(flushed))
    if ((step + 1) % (records / 5) === 0) rss.push(process.memoryUsage.rss() / 1e6)
  }
  await close(log)
  return { rss }
})
