/**
 * Logs metrics to a metric sink. A line `N` on its stdin makes it log N records in one turn of the event loop. `step` counts
 * them from 0. After a line `N die` it kills itself with SIGKILL in the same turn. Usage: `module kind options`.
 */
import { createInterface } from 'node:readline'
import { type MetricSink, openMetrics } from '../metric-sink.ts'
import type { LoggerKind } from '../sink.ts'

const [module, kind, options] = process.argv.slice(2) as [string, LoggerKind, string]
const { sink }: { sink: MetricSink } = await import(module)
const log = openMetrics(sink, kind, { ranks: '0' }, JSON.parse(options))
let step = 0
for await (const line of createInterface(process.stdin)) {
  const [count, then] = line.split(' ')
  for (const end = step + Number(count); step < end; step++) log.info({ metrics: { loss: step }, step })
  if (then === 'die') process.kill(process.pid, 'SIGKILL')
}
