/**
 * Logs 20,000 records to fd 1, whose reader does not read before this program has opened `fifo`. Prints its counts to stderr.
 * `way` is `target`, `thread` for pino's worker, `non-blocking` for a used process.stdout, or options of `stdoutStream`.
 * Usage: `way fifo`.
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
closeSync(openSync(fifo, 'w')) // the reader begins to read
log.info({ seq: 20_000 })
process.on('exit', () => writeSync(2, `${JSON.stringify(stream?.stats() ?? {})}\n`))
