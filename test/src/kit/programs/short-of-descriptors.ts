/** A gated rank that logs errors while no descriptor is free, for a while or until it ends: `way path when`. */
import { closeSync, openSync } from 'node:fs'
import type pino from 'pino'
import { rankLogger, setGate } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'

const [way = '', path = '', when = ''] = process.argv.slice(2)

const streams: Record<string, () => pino.DestinationStream> = {
  fileStream: () => fileStream({ path }),
  splitStream: () => splitStream({ path }),
}
const options: Record<string, object> = { 'pino-rank-stdout': {}, 'pino/file': { destination: path } }
const stream = streams[way]
const [target = way, opened] = way.split(', ')
const inner = stream ? { stream: stream() } : { target, options: options[target] ?? { path } }
const log = rankLogger({ transport: { ...inner, ranks: '0' } })
if (opened) setGate(log, { ranks: '1' })

const taken: number[] = []
try {
  for (;;) taken.push(openSync('/dev/null', 'r'))
} catch {}

if (when === 'at the exit') process.on('exit', () => log.error('first'))
else if (when === 'at an exception') {
  process.on('uncaughtException', () => {
    log.error('first')
    process.exit(3)
  })
  throw new Error('the program’s own')
} else {
  log.error('first')
  if (when === 'for a while') for (const fd of taken) closeSync(fd)
  log.error('second')
}
