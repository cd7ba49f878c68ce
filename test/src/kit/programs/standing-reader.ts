/**
 * Logs 20,000 records to fd 1, whose reader stands still until this program has opened the FIFO `argv[3]`. Counts go to stderr.
 * `argv[2]`: options of `stdoutStream`; 'target'; 'thread', in pino's worker; or 'non-blocking', after something touched process.stdout.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { stdoutStream } from 'pino-rank-stdout'

const [way = '', fifo = ''] = process.argv.slice(2)
if (way === 'non-blocking') process.stdout.write('')
const stream = way.startsWith('{') ? stdoutStream(JSON.parse(way)) : undefined
const target = { target: 'pino-rank-stdout', thread: way === 'thread' }
const log = stream ? pino({}, stream) : rankLogger({ transport: target })
for (let seq = 0; seq < 20_000; seq++) log.info({ seq, fill: 'x'.repeat(100) })
closeSync(openSync(fifo, 'w')) // the reader continues
log.info({ seq: 20_000 })
process.on('exit', () => writeSync(2, `${JSON.stringify(stream?.stats() ?? {})}\n`))
