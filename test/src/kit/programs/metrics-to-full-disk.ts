/**
 * Fills the small disk `dir` unless it is read-only, logs 2000 metric records to it, and prints the error and the counts of
 * the stream. With `room` it makes room before it ends. Usage: `module dir options then`.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import type { MetricStream } from 'pino-rank-metrics'
import type { MetricSink } from '../metric-sink.ts'

const [module, dir, options, then] = process.argv.slice(2) as [string, string, string, 'room' | 'no room' | 'read-only']
const { sink }: { sink: MetricSink } = await import(module)
const filler = join(dir, 'filler')
if (then !== 'read-only') writeFileSync(filler, Buffer.alloc(253_000))
const stream = sink.stream({ ...sink.options(dir), ...JSON.parse(options) }) as MetricStream
const log = pino({}, stream)
for (let step = 0; step < 2000; step++) log.info({ metrics: { loss: step }, step })
stream.flush((error) => {
  const { drops, records } = stream.stats()
  console.log(JSON.stringify({ code: (error as NodeJS.ErrnoException)?.code, drops, records }))
  if (then === 'room') rmSync(filler)
})
