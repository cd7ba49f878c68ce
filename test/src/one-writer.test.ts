import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pino, { type DestinationStream } from 'pino'
import { csvStream } from 'pino-csv-metrics'
import { mlflowStream } from 'pino-mlflow'
import { rankLogger, setGate } from 'pino-rank'
import type { RankInfo } from 'pino-rank/sink'
import { tensorboardStream } from 'pino-tensorboard'
import { wandbStream } from 'pino-wandb'
import t from 'tap'

/** A metric sink. Its files and runs may have only one writer, so several ranks that would share one are rejected. */
interface Case {
  target: string
  stream(options: object): DestinationStream
  /** Options with which several ranks would write to the same file or run. */
  shared: object
  /** Options with which each rank has a file or run of its own. */
  own: object
  message: RegExp
}

const trackingUri = 'http://127.0.0.1:9'
const cases: Case[] = [
  { target: 'pino-csv-metrics', stream: csvStream, shared: {}, own: { path: 'rank-{rank}.csv' }, message: /option "path": .*received "metrics\.csv"; write for example "metrics\.rank-\{rank\}\.csv", or let/ },
  { target: 'pino-csv-metrics', stream: csvStream, shared: { path: 'a/b.csv' }, own: { path: 'rank-{rank}/b.csv' }, message: /write for example "a\/b\.rank-\{rank\}\.csv", or let/ },
  { target: 'pino-csv-metrics', stream: csvStream, shared: { runDirectory: 'runs' }, own: { runDirectory: 'runs/{rank}' }, message: /option "path": / },
  { target: 'pino-tensorboard', stream: tensorboardStream, shared: { logdir: 'runs/a/' }, own: { logdir: 'runs/{rank}' }, message: /option "logdir": .*; write for example "runs\/a\/rank-\{rank\}", or let/ },
  { target: 'pino-tensorboard', stream: tensorboardStream, shared: {}, own: { runDirectory: 'runs/{rank}' }, message: /option "runDirectory": .*; write for example "runs\/rank-\{rank\}", or let/ },
  { target: 'pino-wandb', stream: wandbStream, shared: { id: 'run' }, own: { id: 'run-{rank}' }, message: /option "id": .*; write for example "run-\{rank\}", or omit it/ },
  { target: 'pino-wandb', stream: wandbStream, shared: { id: 'run', resume: true }, own: {}, message: /option "id": / },
  { target: 'pino-mlflow', stream: mlflowStream, shared: { trackingUri, runId: 'abc' }, own: { trackingUri }, message: /option "runId": .*; omit it, so that each rank/ },
] // biome-ignore format: a table

const as = (rank: number, worldSize = 2): RankInfo => {
  return { rank, worldSize, localRank: rank, localWorldSize: worldSize, launcher: 'test', runKey: 'one-writer' }
}

for (const { target, stream, shared, own, message } of cases) {
  const refused = { code: 'PATH_PLACEHOLDER', message }
  const name = `${target} ${JSON.stringify(shared)}`

  t.test(`${name}: several ranks are rejected on every rank, wherever the rank set is given`, async (t) => {
    for (const rank of [as(0), as(1)]) {
      const entry = { target, options: shared }
      t.throws(() => rankLogger({ rank, ranks: '*', transport: entry }), refused)
      t.throws(() => rankLogger({ rank, ranks: '0,1', transport: { targets: [entry] } }), refused)
      t.throws(() => rankLogger({ rank, transport: { ...entry, ranks: '0-' } }), refused)
      t.throws(() => rankLogger({ rank, transport: { target, options: { ...shared, ranks: '*' } } }), refused)
      t.throws(() => rankLogger({ rank, ranks: '*', transport: { pipeline: [entry] } }), refused)
      const wrapped = { target: 'pino-rank/target', options: entry }
      t.throws(() => rankLogger({ rank, ranks: '*', transport: wrapped }), refused)
      t.throws(() => rankLogger({ rank, others: 'info', transport: entry }), refused, 'the other ranks write info too')
      t.throws(() => rankLogger({ rank, ranks: '*' }, stream({ ...shared, rank })), refused)
      t.throws(() => rankLogger({ rank, transport: { stream: stream({ ...shared, rank }), ranks: '*' } }), refused)
    }
  })

  t.test(`${name}: one rank, a job with one rank, and a place for each rank are accepted`, async (t) => {
    for (const rank of [as(0), as(1)]) {
      t.doesNotThrow(() => rankLogger({ rank, others: 'error' }, stream({ ...shared, rank })))
      t.doesNotThrow(() => rankLogger({ rank, ranks: '1' }, stream({ ...shared, rank })))
      t.doesNotThrow(() => rankLogger({ rank, ranks: '*' }, stream({ ...own, rank })))
    }
    t.doesNotThrow(() => rankLogger({ rank: as(0, 1), ranks: '*' }, stream({ ...shared, rank: as(0, 1) })))
  })

  t.test(`${name}: a stream from the target's default export is checked in the same way`, async (t) => {
    const { default: open } = await import(target)
    for (const rank of [as(0), as(1)]) {
      t.throws(() => rankLogger({ rank, ranks: '*' }, open({ ...shared, rank })), refused)
      t.doesNotThrow(() => rankLogger({ rank, ranks: '0' }, open({ ...shared, rank })))
      t.doesNotThrow(() => rankLogger({ rank, ranks: '*' }, open({ ...own, rank })))
    }
  })

  t.test(`${name}: setGate throws, and does not change the level`, async (t) => {
    for (const rank of [as(0), as(1)]) {
      const log = rankLogger({ rank, transport: { targets: [{ stream: stream({ ...shared, rank }) }] } })
      const before = log.level
      t.throws(() => setGate(log, { ranks: '*', level: 'debug' }), refused)
      t.equal(log.level, before)
      t.doesNotThrow(() => setGate(log, { level: 'debug' }))
    }
  })

  t.test(`${name}: several ranks are rejected in a configuration of pure JSON`, async (t) => {
    const options = { ...shared, ranks: '*', rank: as(1) }
    const given = [
      { target, options },
      { target: 'pino-rank/target', options: { target, options: shared, ranks: '*', rank: as(1) } },
    ]
    for (const entry of given) {
      const [error] = await once(pino.transport(entry), 'error')
      t.match(error, { message })
    }
  })
}

t.test('several ranks with one MLFLOW_RUN_ID are rejected', async (t) => {
  process.env.MLFLOW_RUN_ID = 'abc'
  t.teardown(() => delete process.env.MLFLOW_RUN_ID)
  const transport = { target: 'pino-mlflow', options: { trackingUri } }
  t.throws(() => rankLogger({ rank: as(0), ranks: '*', transport }), {
    message: /option "runId", or MLFLOW_RUN_ID: .*received "abc"/,
  })
})

t.test('gateSignal and a flight recorder open only targets that allow another writer', async (t) => {
  const dir = t.testdir()
  const path = join(dir, 'metrics.csv')
  const lines: string[] = []
  const console = { write: (line: string) => void lines.push(line) }
  const rank = as(1)
  const metrics = csvStream({ path, rank })
  const targets = [{ stream: console }, { stream: metrics }]
  const log = rankLogger({ rank, gateSignal: 'SIGUSR2', recorder: { records: 10 }, transport: { targets } })
  log.info({ metrics: { held: 1 } })
  process.emit('SIGUSR2')
  log.info({ metrics: { loss: 1 } })
  process.emit('SIGUSR2')
  log.error({ metrics: { loss: 1 } })
  metrics.flushSync()
  t.strictSame(
    lines.map((line) => JSON.parse(line).metrics),
    [{ held: 1 }, { loss: 1 }, { loss: 1 }],
  )
  t.notOk(existsSync(path))
})
