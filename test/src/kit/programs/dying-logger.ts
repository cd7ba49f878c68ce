/**
 * Logs 300 records, an error and 100 more records with several loggers, and dies. `loggers` is a list with the sink and the
 * options of each logger, whose files are in `dir/INDEX`. With `once written` each logger logs one record, waits until it is
 * in its file, and logs 5000 more. Usage: `kind dir death loggers ['once written']`.
 */
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { type Death, die } from '../death.ts'
import type { LoggerKind, Sink } from '../sink.ts'

const hasBytes = (path: string) => existsSync(path) && statSync(path).size > 0

/** A logger: the module that exports its sink, and the sink's options. */
export interface DyingLogger {
  module: string
  options: object
}

const [kind, dir, death, given, when] = process.argv.slice(2) as [LoggerKind, string, Death, string, string?]
const all = await Promise.all(
  (JSON.parse(given) as DyingLogger[]).map(async ({ module, options }, at) => {
    const { sink }: { sink: Sink } = await import(module)
    const folder = join(dir, String(at))
    mkdirSync(folder)
    return { sink, folder, log: sink.open(kind, folder, options) }
  }),
)
const info = (seq: number) => {
  for (const { log } of all) log.info({ seq })
}

if (when === 'once written') {
  info(0)
  for (const { sink, folder } of all) while (!sink.readBack(folder).some(hasBytes)) await setTimeout(1)
  for (let seq = 1; seq <= 5000; seq++) info(seq)
  die(death, () => {})
} else {
  for (let seq = 0; seq < 300; seq++) info(seq)
  for (const { log } of all) log.error({ seq: 300 })
  for (let seq = 301; seq < 400; seq++) info(seq)
  die(death, () => info(400))
}
