import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { splitStream } from 'pino-rank-split'
import { gentleDeaths } from '../death.ts'
import type { Sink } from '../sink.ts'

export const sink: Sink = {
  name: 'pino-rank-split',
  module: import.meta.url,
  lengths: 'any',
  open(kind, dir, options = {}) {
    const target = { target: 'pino-rank-split', options: { path: join(dir, 'train.log'), ...options } }
    if (kind === 'stream') return rankLogger({}, splitStream(target.options))
    if (kind === 'pure JSON') return pino({ transport: target })
    return rankLogger({ transport: { ...target, thread: kind === 'target, thread' } })
  },
  readBack: (dir) =>
    readdirSync(dir)
      .filter((name) => /^train\.rank-\d+\.log$/.test(name))
      .map((name) => join(dir, name)),
  survives: gentleDeaths,
}
