/** An open rank with a stream on its main thread, which logs 1000 records and an error and dies: `module dir death`. */
import { type Death, die } from '../death.ts'
import type { Sink } from '../sink.ts'

const [module, dir, death] = process.argv.slice(2) as [string, string, Death]
const { sink }: { sink: Sink } = await import(module)
const log = sink.open('stream', dir)
for (let seq = 0; seq < 1000; seq++) log.info({ seq })
die(death, () => log.error({ seq: 1000 }))
