/**
 * A rank of the conformance suite of metric sinks. It logs hyperparameters, metric records and other records, and dies.
 * `deaths` is a list with the death of each rank. Before an abrupt death a rank flushes all records but the last.
 * Usage: `module kind gate options deaths count`.
 */
import { abruptDeaths, type Death, die } from '../death.ts'
import { type MetricSink, openMetrics } from '../metric-sink.ts'
import type { LoggerKind } from '../sink.ts'

type Arguments = [module: string, kind: LoggerKind, gate: string, options: string, deaths: string, count: string]
const [module, kind, gate, options, deaths, many] = process.argv.slice(2) as Arguments
const { sink }: { sink: MetricSink } = await import(module)
const rank = Number(process.env.RANK)
const count = Number(many)
const death = (JSON.parse(deaths) as Death[])[rank] as Death
const log = openMetrics(sink, kind, JSON.parse(gate), JSON.parse(options))
/** Returns a record whose value encodes its rank and its step, and is exact as a float32. */
const loss = (step: number) => ({ metrics: { loss: step + rank / 8 }, step })

log.info({ hparams: { rank, lr: 0.1 } })
for (let step = 0; step < count - 1; step++) {
  if (step % 10 === 0) log.info({ step }, 'the "metrics": of others')
  if (step % 100 === 0) log.info({ metrics: { val: { loss: step } }, step, epoch: step / 100 })
  log.info(loss(step))
}
if (abruptDeaths.includes(death)) await new Promise((flushed) => log.flush(flushed))
die(death, () => count > 0 && log.info(loss(count - 1)))
