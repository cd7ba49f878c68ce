import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { csvStream } from 'pino-csv-metrics'
import { mlflowStream } from 'pino-mlflow'
import { logExit, metricSerializers } from 'pino-rank-metrics'
import { fieldsOf } from 'pino-rank-metrics/sink'
import { readEvents, tensorboardStream } from 'pino-tensorboard'
import { wandbStream } from 'pino-wandb'
import t from 'tap'
import { MemoryRun } from '../../packages/pino-rank-metrics/dist/run/memory-run.test-kit.js'
import { MetricStream } from '../../packages/pino-rank-metrics/dist/run/metric-stream.js'
import { MlflowServer } from './kit/mlflow-server.ts'
import { itemsOf, offlineRuns, wandbRecords } from './kit/wandb-records.ts'

// The metric records that sinks read from a real pino, for different options of the logger.

const rank = { rank: 0, launcher: 'test' } as const

function read(options: pino.LoggerOptions, log: (logger: pino.Logger) => void, nestedKey?: string) {
  const run = new MemoryRun()
  const reports: string[] = []
  const report = (line: string) => void reports.push(line)
  const stream = new MetricStream(
    run,
    { ranks: '0', others: 'silent' },
    { name: 'test', flushMs: 1000, kept: '', report, nestedKey },
  )
  log(pino(options, stream))
  stream.end()
  return { records: run.records, reports }
}

const setups: [name: string, options: pino.LoggerOptions, nestedKey?: string][] = [
  ['pino', {}],
  ['nestedKey', { nestedKey: 'data' }, 'data'],
  ['formatters.log that nests', { formatters: { log: (data) => ({ data }) } }, 'data'],
  ['no base, no time', { base: null, timestamp: false }],
  ['messageKey, errorKey, level labels', { messageKey: 'message', errorKey: 'error', formatters: { level: (level) => ({ level }) } }],
  ['a mixin', { mixin: () => ({ epoch: 3, lr: 1 }) }],
  ['serializers', { serializers: { ...metricSerializers, step: (step: number) => step } }],
  ['ISO time', { timestamp: pino.stdTimeFunctions.isoTime }],
] // biome-ignore format: a table

for (const [name, options, nestedKey] of setups) {
  t.test(`${name}: a metric record is read completely`, (t) => {
    const { records, reports } = read(options, (log) => {
      const child = log.child({ part: 'a' }, { serializers: { metrics: metricSerializers.metrics } })
      child.info({ metrics: { loss: { train: 0.5 }, far: 3 }, step: 7 }, 'text')
      log.info({ metrics: { n: 3n } })
      log.info({ hparams: { lr: 0.1, net: { depth: 3 } }, metrics: { text: 1 } })
      log.info({ run: { exitCode: 1 } })
    }, nestedKey) // biome-ignore format: one call
    t.strictSame(reports, [])
    t.strictSame(
      records.map(({ step, scalars, hparams }) => ({ step, scalars, hparams })),
      [
        { step: 7, scalars: [['loss/train', 0.5], ['far', 3]], hparams: [] },
        { step: 7, scalars: [['n', 3]], hparams: [] },
        { step: 7, scalars: [['text', 1]], hparams: [['lr', 0.1], ['net/depth', 3]] },
      ],
    ) // biome-ignore format: a table
    t.end()
  })
}

t.test('without the option nestedKey a nested metric record is not read, and is reported once', (t) => {
  for (const options of [{ nestedKey: 'data' }, { formatters: { log: (data: object) => ({ data }) } }]) {
    const { records, reports } = read(options, (log) => {
      for (const step of [1, 2]) log.info({ metrics: { loss: 0.5 }, step })
    })
    t.strictSame(records, [])
    t.match(reports, [
      /^test: "data.metrics" is not at the top .*; it is not read; set the sink’s option nestedKey to "data"/,
    ])
    t.equal(reports.length, 1)
  }
  t.end()
})

t.test('metricSerializers write NaN and infinities by name, and do not change other values', (t) => {
  const loop: Record<string, unknown> = { nan: NaN }
  loop.self = loop
  const { records, reports } = read({ serializers: metricSerializers }, (log) => {
    log.info({
      hparams: { nan: NaN, far: Infinity, near: -Infinity, none: null, date: new Date(0), list: [NaN] },
    })
    log.info({ hparams: { big: 2n } })
    log.info({
      metrics: { w: { histogram: { values: [1, NaN, 3] } }, v: { histogram: { values: Float64Array.of(1, NaN) } } },
    })
    log.info({ metrics: { own: { toJSON: () => NaN } } })
    log.info({ metrics: loop })
  })
  t.strictSame(records[0]?.hparams, [['nan', NaN], ['far', Infinity], ['near', -Infinity], ['none', null], ['date', '1970-01-01T00:00:00.000Z'], ['list', '["NaN"]']]) // biome-ignore format: a table
  t.strictSame(records[1]?.hparams, [['big', 2]])
  t.strictSame(records[2]?.histograms.map(([name, { counts }]) => [name, counts.reduce((sum, n) => sum + n)]), [['w', 2], ['v', 1]]) // biome-ignore format: a table
  t.strictSame(records.slice(3).map(({ scalars }) => scalars), [[['own', NaN]], [['nan', NaN], ['self/nan', NaN]]]) // biome-ignore format: a line
  t.strictSame(reports, [
    'test: "w" is a histogram with NaN or infinite values (1 here); these values are ignored',
    'test: "v" is a histogram with NaN or infinite values (1 here); these values are ignored',
    'test: "self/self" is "[Circular]", not a metric; it is ignored; log { text } for a text',
  ])
  t.end()
})

t.test(
  'every sink reads nestedKey, and writes null, NaN and infinite hyperparameters as its reader spells them',
  async (t) => {
    const dir = t.testdir()
    const server = await MlflowServer.start()
    t.teardown(() => server.stop())
    const nestedKey = 'data'
    const streams = [
      csvStream({ path: join(dir, 'csv', 'metrics.csv'), rank, nestedKey }),
      tensorboardStream({ logdir: join(dir, 'tb'), rank, nestedKey }),
      wandbStream({ dir, rank, nestedKey }),
      mlflowStream({ trackingUri: server.uri, spool: join(dir, 'spool'), rank, nestedKey }),
    ]
    for (const stream of streams) {
      const log = pino({ nestedKey, serializers: metricSerializers }, stream)
      const hparams = { none: null, nan: NaN, far: Infinity, near: -Infinity, lr: 0.1, empty: {}, list: [1, null] }
      log.info({ hparams: metricSerializers.hparams(hparams), metrics: { loss: 0.5 }, step: 1 })
      await new Promise((closed) => stream.end().once('close', closed))
      t.equal(stream.stats().values, 1)
    }
    const texts = { empty: '{}', list: '[1,null]' }
    t.equal(
      readFileSync(join(dir, 'csv', 'hparams.yaml'), 'utf8'),
      'none: null\nnan: .nan\nfar: .inf\nnear: -.inf\nlr: 0.1\nempty: {}\nlist: [1, null]\n',
    )
    const [events = ''] = readdirSync(join(dir, 'tb'))
    for await (const { values } of readEvents(join(dir, 'tb', events))) {
      const start = values.find(({ tag }) => tag.includes('session_start'))?.content?.toString('latin1')
      if (start) t.match(start, /empty.*\{\}.*far.*Infinity.*list.*\[1,null\].*lr.*nan.*NaN.*near.*-Infinity/s)
      if (start) t.notMatch(start, /none/)
    }
    const [run = ''] = offlineRuns(dir)
    const file = readdirSync(run).find((name) => name.endsWith('.wandb')) as string
    const [facts] = wandbRecords(join(run, file)).filter(({ kind }) => kind === 'run')
    const config = [...fieldsOf(facts?.message as Buffer)].find(({ number }) => number === 4)?.value as Buffer
    t.strictSame(itemsOf({ kind: 'config', message: config }), { none: 'null', nan: 'NaN', far: 'Infinity', near: '-Infinity', lr: '0.1', empty: '"{}"', list: '"[1,null]"' }) // biome-ignore format: a line
    t.strictSame(server.run.params, {
      none: 'None',
      nan: 'NaN',
      far: 'Infinity',
      near: '-Infinity',
      lr: '0.1',
      ...texts,
    })
  },
)

t.test('the exit code that logExit logs is read below nestedKey', (t) => {
  const exit = process.listeners('exit')
  const { reports } = read({ nestedKey: 'data' }, (log) => {
    const takeBack = logExit(log)
    const [listener] = process.listeners('exit').filter((found) => !exit.includes(found))
    listener?.(3)
    takeBack()
  })
  t.match(reports, [/"data.run" is not at the top/])
  t.strictSame(read({ nestedKey: 'data' }, (log) => log.info({ run: { exitCode: 3 } }), 'data').reports, [])
  t.end()
})
