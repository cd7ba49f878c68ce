/**
 * Logs 20,000 records to fd 1, a pipe, and prints its counts to stderr. With `non-blocking` the program uses process.stdout
 * first, which makes the pipe non-blocking.
 */
import { writeSync } from 'node:fs'
import pino from 'pino'
import { stdoutStream } from 'pino-rank-stdout'

if (process.argv[2] === 'non-blocking') process.stdout.write('')
const stream = stdoutStream()
const log = pino({}, stream)
for (let seq = 0; seq < 20_000; seq++) log.info({ seq, fill: 'x'.repeat(seq % 400) })
process.on('exit', () => writeSync(2, `${JSON.stringify(stream.stats())}\n`))
