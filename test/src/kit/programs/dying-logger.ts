/**
 * Logs 300 records, an error, 100 records more, and dies: `module way dir death options`. With `once written` behind them it logs
 * one record, waits until it is in the file, logs 5000 more and dies.
 */
import { existsSync, statSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { type Death, die } from '../death.ts'
import type { Sink, Way } from '../sink.ts'

const hasBytes = (path: string) => existsSync(path) && statSync(path).size > 0

const [module, way, dir, death, options, when] = process.argv.slice(2) as [string, Way, string, Death, string, string?]
const { sink }: { sink: Sink } = await import(module)
const log = sink.open(way, dir, JSON.parse(options))
if (when === 'once written') {
  log.info({ seq: 0 })
  while (!sink.readBack(dir).some(hasBytes)) await setTimeout(1)
  for (let seq = 1; seq <= 5000; seq++) log.info({ seq })
  die(death, () => {})
} else {
  for (let seq = 0; seq < 300; seq++) log.info({ seq })
  log.error({ seq: 300 })
  for (let seq = 301; seq < 400; seq++) log.info({ seq })
  die(death, () => log.info({ seq: 400 }))
}
