/**
 * A rank with one logger over the transport in JSON, `own-sinks.js TRANSPORT OPTIONS`, and the threads that it started: by
 * pino's event, and by the kernel's count where there is one.
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
