/** A rank that logs an info record, for which its gate is open only on `ranks`, and an error. Usage: `way options`. */
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'

const [way = '', text = '{}'] = process.argv.slice(2)
const { ranks = '0', ...options } = JSON.parse(text)
const target = 'pino-rank-file'
const ways: Record<string, () => pino.Logger> = {
  rankLogger: () => rankLogger({ transport: { target, ranks, options } }),
  'rankLogger through pino-rank/target': () =>
    rankLogger({ transport: { target: 'pino-rank/target', ranks, options: { target, options } } }),
  'pure JSON': () => pino({ transport: { target, options: { ...options, ranks } } }),
  'fileStream under rankLogger': () => rankLogger({ transport: { ranks, stream: fileStream(options) } }),
  fileStream: () => pino(gate({ ranks }), fileStream({ ...options, ranks })),
}
const log = ways[way]?.()
log?.info('info')
log?.error('error')
