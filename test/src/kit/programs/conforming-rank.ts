/**
 * A rank of the conformance suite. It logs its records and dies. `deaths` and `counts` are lists with the death and the number
 * of records of each rank. Usage: `module kind dir deaths counts`.
 */
import { type Death, die } from '../death.ts'
import { record } from '../records.ts'
import type { LoggerKind, Sink } from '../sink.ts'

const [module, kind, dir, deaths, counts] = process.argv.slice(2) as [string, LoggerKind, string, string, string]
const { sink }: { sink: Sink } = await import(module)
const rank = Number(process.env.RANK)
const count = (JSON.parse(counts) as number[])[rank] as number
const log = sink.open(kind, dir)

for (let seq = 0; seq < count - 1; seq++) log.info(record(rank, seq, count, sink.lengths))
const death = (JSON.parse(deaths) as Death[])[rank] as Death
die(death, () => log.info(record(rank, count - 1, count, sink.lengths)))
