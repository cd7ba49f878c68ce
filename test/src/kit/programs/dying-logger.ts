/**
 * Logs 300 records, an error, 100 records more, and dies: `module way dir death settings`. The settings are a list of options: a
 * logger for each, whose files are in a folder of `dir` named by its place in the list. With `once written` behind them it logs one
 * record, waits until it is in the file of each, logs 5000 more and dies.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Death, die } from '../death.ts'
import type { Sink, Way } from '../sink.ts'

const hasBytes = (path: string) => existsSync(path) && statSync(path).size > 0

const [module, way, dir, death, settings, when] = process.argv.slice(2) as [string, Way, string, Death, string, string?]
const { sink }: { sink: Sink } = await import(module)
const loggers = (JSON.parse(settings) as object[]).map((options, at) => {
  const folder = join(dir, String(at))
  mkdirSync(folder)
  return { folder, log: sink.open(way, folder, options) }
})
const info = (seq: number) => {
  for (const { log } of loggers) log.info({ seq })
}

if (when === 'once written') {
  info(0)
  for (const { folder } of loggers) while (!sink.readBack(folder).some(hasBytes)) await setTimeout(1)
  for (let seq = 1; seq <= 5000; seq++) info(seq)
  die(death, () => {})
} else {
  for (let seq = 0; seq < 300; seq++) info(seq)
  for (const { log } of loggers) log.error({ seq: 300 })
  for (let seq = 301; seq < 400; seq++) info(seq)
  die(death, () => info(400))
}
