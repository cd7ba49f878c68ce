import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { rankLogger } from 'pino-rank'
import { fileStream } from 'pino-rank-file'
import { splitStream } from 'pino-rank-split'
import { stdoutStream } from 'pino-rank-stdout'
import t, { type Test } from 'tap'
import { runRanks } from './kit/ranks.ts'
import type { Exit } from './kit/start-process.ts'

const program = new URL('./programs/many-loggers.js', import.meta.url)

/** Every sink, and the target that wraps others, with a custom level in each option that takes one. */
const sinks = (dir: string): { target: string; options: object }[] => [
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

/** Metric sinks, which take their level through the same code as pino-csv-metrics. */
const sameLevelCode = ['pino-tensorboard', 'pino-wandb', 'pino-mlflow']

/** Returns the messages of rank 1, each with the number of times that its line names the rank. */
function messages(file: string): [message: string, named: number][] {
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  return lines
    .filter((line) => JSON.parse(line).rank === 1)
    .map((line) => [JSON.parse(line).msg, line.split('"rank":').length - 1])
}

const kinds = ['pino', 'rankLogger', 'setGate', 'gateSignal']
const shapes: [name: string, shape: (target: object) => object, kinds: string[], without: string[]][] = [
  ['a lone target, with dedupe', (target) => ({ ...target, dedupe: true }), kinds, []],
  ['a list of one target', (target) => ({ targets: [target] }), ['pino', 'rankLogger'], sameLevelCode],
  ['a pipeline', (target) => ({ pipeline: [target] }), ['pino', 'rankLogger'], sameLevelCode],
]

/** Runs two ranks, each with loggers of several kinds. `transports` returns the transports of one kind, whose files are in `dir`. */
async function runLoggers(
  t: Test,
  kinds: readonly string[],
  transports: (dir: string) => object[],
  options: object,
): Promise<{ exits: Exit[]; dirs: [kind: string, dir: string][] }> {
  const folder = t.testdir(Object.fromEntries(kinds.map((kind) => [kind, {}])))
  const dirs = kinds.map((kind): [string, string] => [kind, join(folder, kind)])
  const given = dirs.flatMap(([kind, dir]) => transports(dir).map((transport) => ({ kind, ...transport })))
  const args = ['', JSON.stringify(given), JSON.stringify(options)]
  return { exits: await runRanks(t, program, { ranks: 2, args }), dirs }
}

/**
 * Reports whether loggers of this kind open their gate at run time. They then write the info line too, except where the target has
 * its own `level`.
 */
const opensGate = (kind: string) => ['setGate', 'gateSignal'].includes(kind)

for (const [name, shape, kinds, without] of shapes) {
  t.test(`${name}: the sinks accept custom levels in their options`, async (t) => {
    const options = { customLevels: { metric: 35, error: 55 } }
    const transports = (dir: string) =>
      sinks(dir)
        .filter(({ target }) => !without.includes(target))
        .map(shape)
    const { exits, dirs } = await runLoggers(t, kinds, transports, options)
    for (const { code, stderr } of exits) {
      t.equal(code, 0)
      t.notMatch(stderr, /RankError|expected/)
    }
    for (const [kind, dir] of dirs) {
      const expected: [string, number][] = [
        ['m', 1],
        ['e', 1],
      ]
      t.strictSame(messages(join(dir, 'split.rank-1.log')), expected, kind)
      const opened = opensGate(kind) ? [['i', 1]] : []
      for (const file of ['file.log', 'inner.log', 'foreign.log'])
        t.strictSame(messages(join(dir, file)), [...opened, ...expected], `${kind}, ${file}`)
      t.match(readFileSync(join(dir, 'metrics-0.csv'), 'utf8'), /loss/, kind)
      if (without.length === 0) t.not(readdirSync(join(dir, 'tensorboard', '0')).length, 0, kind)
    }
  })
}

t.test('if the logger has no level named error, gated ranks write levels from the number of error on', async (t) => {
  const transports = (dir: string) => [
    { target: 'pino-rank-file', options: { path: join(dir, 'file.log') } },
    {
      target: 'pino-rank/target',
      options: { target: 'pino/file', options: { destination: join(dir, 'foreign.log') } },
    },
  ]
  const options = { customLevels: { metric: 51, info: 3 }, useOnlyCustomLevels: true, level: 'info' }
  const { exits, dirs } = await runLoggers(t, kinds, transports, options)
  t.strictSame(exits, Array(2).fill({ code: 0, signal: null, stdout: '', stderr: '' }))
  for (const [kind, dir] of dirs) {
    for (const file of ['file.log', 'foreign.log']) {
      const found = messages(join(dir, file)).map(([message]) => message)
      t.strictSame(found, opensGate(kind) ? ['i', 'm'] : ['m'], `${kind}, ${file}`)
    }
  }
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
