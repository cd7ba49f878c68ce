/**
 * A rank that creates each sink with relative paths in the folder `from`, changes to the folder `to`, and logs only then. It
 * logs errors, opens its gate, and logs other records. Usage: `way from to`.
 */
import { once } from 'node:events'
import pino from 'pino'
import { csvStream } from 'pino-csv-metrics'
import { mlflowStream } from 'pino-mlflow'
import { gate, rankLogger, setGate } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import { tensorboardStream } from 'pino-tensorboard'
import { wandbStream } from 'pino-wandb'

const rotate = { maxBytes: 150 }
const nobody = { trackingUri: 'http://127.0.0.1:9', timeoutMs: 1000, endMs: 0 }
const sinks: [target: string, stream: (options: never) => pino.DestinationStream, options: object][] = [
  ['pino-rank-file', fileStream, { path: 'file/train.log', current: 'file/latest.log', rotate }],
  ['pino-rank-file', fileStream, { path: 'train.log', runDirectory: 'file-runs' }],
  ['pino-rank-file', fileStream, { path: 'fixed/train.log', followSymlinks: false }],
  ['pino-rank-split', splitStream, { path: 'split/train.log', current: 'split/latest-{rank}.log', rotate }],
  ['pino-csv-metrics', csvStream, { path: 'csv/metrics.csv' }],
  ['pino-csv-metrics', csvStream, { runDirectory: 'csv-runs' }],
  ['pino-tensorboard', tensorboardStream, { logdir: 'board' }],
  ['pino-tensorboard', tensorboardStream, { runDirectory: 'board-runs' }],
  ['pino-wandb', wandbStream, { dir: 'weights' }],
  ['pino-mlflow', mlflowStream, { ...nobody, spool: 'spool' }],
]

const [way = '', from = '', to = ''] = process.argv.slice(2)

/** Returns the loggers of one way. Waits until the worker of plain pino is ready. */
async function loggers(): Promise<pino.Logger[]> {
  if (way === 'stream') {
    return sinks.map(([, stream, options]) => rankLogger({ transport: { stream: stream(options as never) } }))
  }
  if (way === 'pino stream') return sinks.map(([, stream, options]) => pino(gate(), stream(options as never)))
  const ours = sinks.map(([target, , options]) => ({ target, options }))
  const foreign = { target: 'pino/file', options: { destination: 'plain/train.log', mkdir: true } }
  const behind = [ours[0], foreign].map((inner) => ({ target: 'pino-rank/target', options: inner }))
  if (way === 'targets') return [rankLogger({ transport: { targets: [...ours, foreign] } })]
  if (way === 'gated targets') {
    return [rankLogger({ ranks: '0', transport: { targets: [...ours.slice(0, 4), foreign] } })] // rank 1 appends
  }
  if (way === 'pino-rank/target') return [rankLogger({ transport: { targets: behind as never } })]
  const transport = pino.transport({ targets: way === 'pino targets' ? ours : (behind as never) })
  await once(transport, 'ready')
  return [pino(transport)]
}

process.chdir(from)
const logs = await loggers()
process.chdir(to)
for (const log of logs) {
  for (const n of [1, 2, 3]) log.error({ n }, 'x'.repeat(80))
  await new Promise<void>((done) => log.flush(() => done())) // so that the next batch finds the file full
  if (!/^pino (targets|stream|JSON)/.test(way)) setGate(log, { ranks: process.env.RANK ?? '', level: 'info' })
  log.info({ hparams: { lr: 0.1 }, metrics: { loss: 0.5 }, step: 1 }, 'a step')
  log.error('the last one')
}
