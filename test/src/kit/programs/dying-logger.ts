/** Logs 300 records, an error, 100 records more, and dies: `module way dir death options`. */
import { type Death, die } from '../death.ts'
import type { Sink, Way } from '../sink.ts'

const [module, way, dir, death, options] = process.argv.slice(2) as [string, Way, string, Death, string]
const { sink }: { sink: Sink } = await import(module)
const log = sink.open(way, dir, JSON.parse(options))
for (let seq = 0; seq < 300; seq++) log.info({ seq })
log.error({ seq: 300 })
for (let seq = 301; seq < 400; seq++) log.info({ seq })
die(death, () => log.info({ seq: 400 }))
