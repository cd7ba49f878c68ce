/**
 * A rank that logs an info record and an error with several loggers. Only the ranks of `ranks` write the info record.
 * Usage: `placed-rank.js LOGGERS`: a JSON object with the options of each logger, by the name of its kind.
 */
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'

interface Options {
  path: string
  ranks?: string
}

const target = 'pino-rank-file'
const ways: Record<string, (ranks: string, options: Options) => pino.Logger> = {
  rankLogger: (ranks, options) => rankLogger({ transport: { target, ranks, options } }),
  'rankLogger through pino-rank/target': (ranks, options) =>
    rankLogger({ transport: { target: 'pino-rank/target', ranks, options: { target, options } } }),
  'pure JSON': (ranks, options) => pino({ transport: { target, options: { ...options, ranks } } }),
  'fileStream under rankLogger': (ranks, options) => rankLogger({ transport: { ranks, stream: fileStream(options) } }),
  fileStream: (ranks, options) => pino(gate({ ranks }), fileStream({ ...options, ranks })),
}
for (const [way, { ranks = '0', ...options }] of Object.entries<Options>(JSON.parse(process.argv[2] as string))) {
  const log = ways[way]?.(ranks, options)
  log?.info('info')
  log?.error('error')
}
