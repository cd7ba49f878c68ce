/**
 * A process that logs metrics to a metric sink and does nothing else: `module way options`. At each line of its stdin it logs as many
 * records as the line says, numbered by `step` from 0, in one turn of the event loop. After `N die` it ends itself by a SIGKILL in
 * the same turn.
 */
import { createInterface } from 'node:readline'
import { type MetricSink, openMetrics } from '../metric-sink.ts'
import type { Way } from '../sink.ts'

const [module, way, options] = process.argv.slice(2) as [string, Way, string]
const { sink }: { sink: MetricSink } = await import(module)
const log = openMetrics(sink, way, '0', JSON.parse(options))
let step = 0
for await (const line of createInterface(process.stdin)) {
  const [count, then] = line.split(' ')
  for (const end = step + Number(count); step < end; step++) log.info({ metrics: { loss: step }, step })
  if (then === 'die') process.kill(process.pid, 'SIGKILL')
}
