/**
 * Logs `count` records to a file, blocks the event loop for a moment, and kills itself. With `turn` the event loop turns
 * once before it blocks. Usage: `way path count [turn]`.
 */
import { setImmediate } from 'node:timers/promises'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'

const [way = '', path = '', count = '', turn] = process.argv.slice(2)
const log =
  way === 'target'
    ? rankLogger({ transport: { target: 'pino-rank-file', options: { path } } })
    : pino({}, fileStream({ path, ...JSON.parse(way) }))
for (let seq = 0; seq < Number(count); seq++) log.info({ seq })
if (turn) await setImmediate()
for (const until = performance.now() + 50; performance.now() < until; );
process.kill(process.pid, 'SIGKILL')
