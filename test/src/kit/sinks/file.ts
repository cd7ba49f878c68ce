import { join } from 'node:path'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { gentleDeaths } from '../death.ts'
import type { Sink } from '../sink.ts'

export const sink: Sink = {
  name: 'pino-rank-file',
  module: import.meta.url,
  lengths: 'any',
  open(kind, dir, options = {}) {
    const target = { target: 'pino-rank-file', options: { path: join(dir, 'train.log'), ...options } }
    if (kind === 'stream') return pino(gate({ ranks: '*' }), fileStream(target.options))
    if (kind === 'pure JSON') return pino({ transport: { ...target, options: { ...target.options, ranks: '*' } } })
    return rankLogger({ ranks: '*', transport: { ...target, thread: kind === 'target, thread' } })
  },
  readBack: (dir) => [join(dir, 'train.log')],
  survives: gentleDeaths,
}
