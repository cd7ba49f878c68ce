import { join } from 'node:path'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { gentleDeaths } from '../death.ts'
import type { Sink } from '../sink.ts'

export const sink: Sink = {
  name: 'own-transport',
  module: import.meta.url,
  lengths: 'any',
  open(kind, dir, options = {}) {
    const target = { target: 'own-transport', options: { path: join(dir, 'train.log'), ...options } }
    if (kind === 'stream') {
      const ungated = { ...target, options: { ...target.options, gate: false } } // pino's gate() decides
      return pino(gate({ ranks: '*' }), pino.transport(ungated))
    }
    if (kind === 'pure JSON') return pino({ transport: { ...target, options: { ...target.options, ranks: '*' } } })
    return rankLogger({ ranks: '*', transport: { ...target, thread: kind === 'target, thread' } })
  },
  readBack: (dir) => [join(dir, 'train.log')],
  survives: gentleDeaths,
}
