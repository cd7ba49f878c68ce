import { join } from 'node:path'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { gentleDeaths } from '../death.ts'
import type { Sink } from '../sink.ts'

export const sink: Sink = {
  name: 'own-transport',
  module: import.meta.url,
  lengths: 'any',
  open(way, dir, options = {}) {
    const target = { target: 'own-transport', options: { path: join(dir, 'train.log'), ...options } }
    if (way === 'stream') {
      const decided = { ...target, options: { ...target.options, gate: false } } // by the gate in front of the stream
      return pino(gate({ ranks: '*' }), pino.transport(decided))
    }
    if (way === 'pure JSON') return pino({ transport: { ...target, options: { ...target.options, ranks: '*' } } })
    return rankLogger({ ranks: '*', transport: { ...target, thread: way === 'target, thread' } })
  },
  readBack: (dir) => [join(dir, 'train.log')],
  survives: gentleDeaths,
}
