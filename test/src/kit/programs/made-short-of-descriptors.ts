/** A rank that creates its logger while no descriptor is free, and prints its level or the error: `target path`. */
import { openSync } from 'node:fs'
import { createRequire } from 'node:module'
import { rankLogger } from 'pino-rank'

const [name = '', path = ''] = process.argv.slice(2)
const target = name.startsWith('by path: ') ? createRequire(import.meta.url).resolve(name.slice(9)) : name
const options = name === 'pino/file' ? { destination: path } : { path }

try {
  for (;;) openSync('/dev/null', 'r')
} catch {}

try {
  const log = rankLogger({ transport: { target, options } })
  console.log(JSON.stringify({ level: log.level }))
} catch (error) {
  const { name, code, message } = error as NodeJS.ErrnoException
  console.log(JSON.stringify({ name, code, message }))
}
