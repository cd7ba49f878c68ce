import { join } from 'node:path'
import pino from 'pino'
import { gate, rankLogger } from 'pino-rank'
import { stdoutStream } from 'pino-rank-stdout'
import { gentleDeaths } from '../death.ts'
import type { Sink } from '../sink.ts'

export const sink: Sink = {
  name: 'pino-rank-stdout',
  module: import.meta.url,
  lengths: 'short',
  stdout: true,
  open(kind, _, options = {}) {
    const transport = { target: 'pino-rank-stdout', options }
    if (kind === 'stream') return pino(gate({ ranks: '*' }), stdoutStream(options))
    if (kind === 'pure JSON') return pino({ transport })
    return rankLogger({ transport: { ...transport, thread: kind === 'target, thread' } })
  },
  readBack: (dir) => [join(dir, 'stdout.log')],
  survives: gentleDeaths,
}
