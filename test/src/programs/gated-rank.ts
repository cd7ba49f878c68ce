/** A rank that sends its numbers of threads and open files before its logger, after it, and after its first error. */
import { readdirSync } from 'node:fs'
import { rankLogger } from 'pino-rank'
import { gatedSink } from './gated-sinks.ts'

const [name = '', dir = ''] = process.argv.slice(2)
const transport = gatedSink(name, dir)

const count = () => ({ threads: readdirSync('/proc/self/task').length, files: readdirSync('/proc/self/fd').length })

const before = count()
const log = rankLogger({ transport })
log.info('gated')
log.child({ part: 'c' }).debug('gated')
const built = count()
log.error('first')
const afterError = count()
process.send?.({ before, built, afterError })
