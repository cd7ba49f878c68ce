import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import { stdoutStream } from 'pino-rank-stdout'
import t from 'tap'
import { runRanks } from './kit/ranks.ts'

const program = new URL('./programs/many-loggers.js', import.meta.url)

/** Every sink, and the target that wraps others, with a custom level in each option that takes one. */
const sinks = (dir: string) => [
  { target: 'pino-rank-file', options: { path: join(dir, 'file.log'), others: 'metric', flushLevel: 'metric' } },
  { target: 'pino-rank-split', options: { path: join(dir, 'split.log'), level: 'metric', flushLevel: 'Metric' } },
  { target: 'pino-rank-stdout', options: { others: 'metric', flushLevel: 'metric' } },
  { target: 'pino-tensorboard', options: { logdir: join(dir, 'tensorboard', '{rank}'), level: 'metric' } },
  { target: 'pino-wandb', options: { dir, level: 'metric' } },
  { target: 'pino-csv-metrics', options: { path: join(dir, 'metrics-{rank}.csv'), level: 'metric' } },
  {
    target: 'pino-mlflow',
    options: { trackingUri: 'http://127.0.0.1:9', spool: join(dir, 'spool'), endMs: 1, level: 'metric' },
  },
  {
    target: 'pino-rank/target',
    options: {
      ...{ target: 'pino-rank-file', others: 'metric' },
      options: { path: join(dir, 'inner.log'), flushLevel: 'metric' },
    },
  },
  {
    target: 'pino-rank/target',
    options: { target: 'pino/file', others: 'metric', options: { destination: join(dir, 'foreign.log') } },
  },
]

/** Returns the messages of rank 1, each with the number of times that its line names the rank. */
function messages(file: string): [message: string, named: number][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines
    .filter((line) => JSON.parse(line).rank === 1)
    .map((line) => [JSON.parse(line).msg, line.split('"rank":').length - 1])
}

const kinds = ['pino', 'rankLogger', 'setGate', 'gateSignal']
const shapes: [name: string, shape: (target: object) => object, kinds: string[]][] = [
  ['a lone target, with dedupe', (target) => ({ ...target, dedupe: true }), kinds],
  ['the one of targets', (target) => ({ targets: [target] }), ['pino', 'rankLogger']],
  ['a pipeline', (target) => ({ pipeline: [target] }), ['pino', 'rankLogger']],
]

for (const [name, shape, kinds] of shapes) {
  for (const kind of kinds) {
    t.test(`${kind}, ${name}: every sink accepts custom levels in its options`, async (t) => {
      const dir = t.testdir()
      mkdirSync(join(dir, 'tensorboard', '0'), { recursive: true })
      const options = { customLevels: { metric: 35, error: 55 } }
      const args = [kind, JSON.stringify(sinks(dir).map(shape)), JSON.stringify(options)]
      const [zero, one] = await runRanks(t, program, { ranks: 2, args })
      for (const rank of [zero, one]) {
        t.equal(rank?.code, 0)
        t.notMatch(rank?.stderr, /RankError|expected/)
      }
      // setGate and gateSignal open the gate, so the info line is written too. The level of a target is not changed by that
      const expected: [string, number][] = [
        ['m', 1],
        ['e', 1],
      ]
      t.strictSame(messages(join(dir, 'split.rank-1.log')), expected)
      const opened = ['setGate', 'gateSignal'].includes(kind) ? [['i', 1]] : []
      for (const file of ['file.log', 'inner.log', 'foreign.log'])
        t.strictSame(messages(join(dir, file)), [...opened, ...expected], file)
      t.match(readFileSync(join(dir, 'metrics-0.csv'), 'utf8'), /loss/)
      t.not(readdirSync(join(dir, 'tensorboard', '0')).length, 0)
    })
  }
}

t.test('if the logger has no level named error, gated ranks write levels from the number of error on', async (t) => {
  const dir = t.testdir()
  const transports = [
    { target: 'pino-rank-file', options: { path: join(dir, 'file.log') } },
    {
      target: 'pino-rank/target',
      options: { target: 'pino/file', options: { destination: join(dir, 'foreign.log') } },
    },
  ]
  for (const kind of kinds) {
    const options = { customLevels: { metric: 51, info: 3 }, useOnlyCustomLevels: true, level: 'info' }
    const ranks = await runRanks(t, program, {
      ranks: 2,
      args: [kind, JSON.stringify(transports), JSON.stringify(options)],
    })
    t.strictSame(ranks, Array(2).fill({ code: 0, signal: null, stdout: '', stderr: '' }), kind)
  }
  t.strictSame(
    messages(join(dir, 'file.log')).map(([message]) => message),
    ['m', 'm', 'i', 'm', 'i', 'm'],
  )
  t.equal(messages(join(dir, 'foreign.log')).length, 6)
})

t.test('a ready stream gets the custom levels as an option, and writes a line at its flushLevel at once', (t) => {
  const customLevels = { metric: 35 }
  const late = { flushMs: 600_000, flushLevel: 'metric', customLevels }
  const rank = { rank: 0, launcher: 'test', worldSize: 1 }
  const make: [name: string, log: (stream: pino.DestinationStream) => pino.Logger<'metric'>][] = [
    ['pino', (stream) => pino({ customLevels }, stream)],
    ['rankLogger', (stream) => rankLogger({ customLevels, rank }, stream)],
    [
      'labels',
      (stream) =>
        pino({ customLevels, formatters: { level: (level) => ({ level }) } }, { write: (line) => stream.write(line) }),
    ],
  ]
  for (const [name, log] of make) {
    const dir = t.testdir()
    for (const [stream, file] of [
      [fileStream({ path: join(dir, 'a.log'), rank, ...late }), 'a.log'],
      [splitStream({ path: join(dir, 'b.log'), rank, ...late }), 'b.rank-0.log'],
    ] as const) {
      const logger = log(stream)
      logger.info('i')
      t.notOk(existsSync(join(dir, file)), `${name}: a line below flushLevel is buffered`)
      logger.metric('m')
      t.equal(readFileSync(join(dir, file), 'utf8').trim().split('\n').length, 2, `${name}: written at once`)
      stream.end()
    }
  }
  stdoutStream({ flushLevel: 'metric', customLevels }).end()
  for (const customLevels of ['metric', null, [35], { metric: '35' }, { metric: NaN }]) {
    t.throws(() => fileStream({ path: 'x.log', rank, customLevels: customLevels as never }), {
      code: 'OPTION_INVALID',
      message: /pino-rank-file: option "customLevels": expected the number of each label/,
    })
  }
  t.end()
})
