/** Logs `count` errors and ends at once: `package stream|worker|append path options first count`. */
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'

const [target = '', way, path = '', json = '{}', first = '0', count = '0'] = process.argv.slice(2)
const options = { path, ...JSON.parse(json) }
const rank = { rank: way === 'append' ? 1 : 0, launcher: 'test', worldSize: 2 }
const stream = target === 'pino-rank-file' ? fileStream : splitStream
const log =
  way === 'stream'
    ? pino({}, stream({ ...options, rank }))
    : rankLogger({ rank, ranks: '0', transport: { target, options, thread: way === 'worker' } })
for (let seq = Number(first); seq < Number(first) + Number(count); seq++) log.error({ seq })
process.exit()
