/**
 * A rank with one logger, which logs and sends the number of its workers, by the event 'worker', and of its threads, by
 * /proc if there is one. Usage: `own-sinks.js TRANSPORT OPTIONS`, both in JSON.
 */
import { existsSync, readdirSync } from 'node:fs'
import { rankLogger } from 'pino-rank'

const [transport = '{}', options = '{}'] = process.argv.slice(2)
const count = () => (existsSync('/proc/self/task') ? readdirSync('/proc/self/task').length : 0)
let workers = 0
process.on('worker', () => {
  workers += 1
})

const before = count()
const log = rankLogger({ ...JSON.parse(options), transport: JSON.parse(transport) })
log.debug('d')
log.info('i')
log.child({ module: 'data' }).warn('w')
log.error('e')
const threads = count() - before
log.flush(() => {
  process.send?.({ workers, threads })
  process.disconnect?.()
})
