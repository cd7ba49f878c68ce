/** A gated rank that opens, closes and opens its gate again, logs in between, and sends its state after each step. */
import { readdirSync } from 'node:fs'
import pino from 'pino'
import { rankLogger, setGate } from 'pino-rank'
import { gatedSink } from './gated-sinks.ts'

const [name = '', dir = ''] = process.argv.slice(2)
const transport = gatedSink(name, dir)
const noop = pino({ level: 'silent' }).info

const count = () => ({ threads: readdirSync('/proc/self/task').length, files: readdirSync('/proc/self/fd').length })
let workers = 0
process.on('worker', () => {
  workers += 1
})
const state = () => ({ ...count(), workers, gated: log.info === noop && log.child({}).info === noop })
const flushed = () => new Promise<void>((done) => log.flush(() => done()))

const before = count()
const log = rankLogger({ transport })
const built = state()
setGate(log, { ranks: '1', level: 'debug' })
const opened = state()
log.info('opened')
await flushed()
const logged = state()
log.info('buffered')
setGate(log)
log.info('gated')
const closed = state()
log.error('first')
await flushed()
setGate(log, { ranks: '1', level: 'debug' })
log.debug('opened again')
await flushed()
const again = state()
process.send?.({ before, built, opened, logged, closed, again })
process.disconnect?.()
