/**
 * A rank of the job in the picture: it trains, logs each step, and logs a large table at every tenth step. pino passes lines to its
 * worker through a buffer of a fixed size, and lines are torn where such a buffer ends. So the job logs more than one buffer.
 */
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import pino from 'pino'
import { rankLogger } from 'pino-rank'

export type LoggerName = 'pino' | 'pino-rank'

const steps = 1200
const classes = 200

const [, , logger, file = ''] = process.argv
const short = { base: null, timestamp: false } as const // the picture has room for short lines only
const log =
  logger === 'pino-rank'
    ? rankLogger({ ...short, transport: { target: 'pino-rank-file', options: { path: file } } })
    : pino({ ...short, transport: { target: 'pino/file', options: { destination: file } } })
const confusion = Array.from({ length: classes }, (_, row) =>
  Array.from({ length: classes }, (_, column) => (row === column ? 9 : 0)),
)

for (let step = 1; step <= steps; step++) {
  await setTimeout(2) // in place of training
  process.send?.('step')
  await once(process, 'message') // all ranks have come to this step, as in an all-reduce
  log.info({ step, loss: Number((1 / Math.sqrt(step)).toFixed(4)) })
  if (step % 10 !== 0) continue
  if (process.env.RANK === '2') log.error({ step }, 'NaN loss')
  log.info({ step, confusion })
}
process.disconnect?.()
