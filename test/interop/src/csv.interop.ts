import { join } from 'node:path'
import pino from 'pino'
import { csvStream } from 'pino-csv-metrics'
import { metricSerializers } from 'pino-rank-metrics'
import t from 'tap'
import { logRun, lossAt } from './log-run.ts'
import { judge, missing } from './python.ts'

interface Verdict {
  pandas: { columns: string[]; types: string[]; rows: number; loss: number[] }
  duckdb: { columns: string[]; types: string[]; rows: number }
}

t.test('pandas and DuckDB read all rows, with numeric columns', { skip: missing() ?? false }, async (t) => {
  const path = join(t.testdir(), 'metrics.csv')
  await logRun({ target: 'pino-csv-metrics', options: { path }, steps: [0, 100], exit: 0 })
  const { pandas, duckdb } = await judge<Verdict>('read_csv', path)
  const columns = ['epoch', 'loss/train', 'lr', 'odd/inf', 'odd/nan', 'odd/neg inf', 'odd/ä π 🚀', 'step']
  t.strictSame([pandas.columns, duckdb.columns], [columns, columns])
  t.strictSame([pandas.rows, duckdb.rows], [101, 101])
  t.strictSame(
    pandas.loss,
    Array.from({ length: 100 }, (_, step) => lossAt(step)),
  )
  t.ok(
    pandas.types.every((type) => /int|float/.test(type)),
    pandas.types.join(),
  )
  // DuckDB reads a column that has only infinities as dates.
  const numbers = duckdb.types.filter((_, at) => !columns[at]?.endsWith('inf'))
  t.ok(
    numbers.every((type) => /BIGINT|DOUBLE/.test(type)),
    duckdb.types.join(),
  )
})

/** Keys and texts that YAML 1.1 would read as something else without quotes. */
const odd = [
  ...['on', 'No', 'OFF', 'yes', 'y', 'n', 'true', 'null', 'Null', '~', '', '=', '<<', '-', '--- a', '...', '?', ': a', '#a', '&a', '*a', '!a', '|'],
  ...['0', '-1', '0x10', '0o10', '010', '1_000', '.5', '5.', '1:30', '1:30:20', '1e-8', '1e5', '.nan', '.inf', '+1', '2020-01-01', '2020-01-01 10:00:00'],
  ...[' a ', 'a\tb', 'a\nb\n', '\n', '\r\n', 'a: b', 'a #b', '"', "'", '\\', '[1]', '{a}', '%a', '@a', '`a', '>'],
  ...['\u0085', '\u2028x\u2029', '\ufeffa', '\u0000\u0007\u007f', '損失', '🚀', '\u{e0001}', '\u00a0', 'k'.repeat(3000), 'ä'.repeat(1500)],
] // biome-ignore format: a table
const numbers = [1, 0, -2.5, 0.1, 1e-8, 1.5e-8, 1e21, 1e-7, 123456789012, Number.MAX_VALUE, Number.MIN_VALUE]

const lists = { empty: [], none: {}, values: [1, 1e-8, 'on', null, true, [-0.5]], objects: [{ no: 1, '': [] }] }

t.test('PyYAML loads the hyperparameters that were logged', { skip: missing() ?? false }, async (t) => {
  const dir = t.testdir()
  const stream = csvStream({ path: join(dir, 'metrics.csv') })
  const log = pino({ serializers: metricSerializers }, stream)
  const named = (kind: string, values: unknown[]) => values.map((value, at) => [`${kind}-${at}`, value] as const)
  const logged: (readonly [key: string, value: unknown])[] = [
    ...odd.map((key) => [key, key] as const),
    ...named('number', numbers),
    ...named('flag', [true, false, null]),
    ...Object.entries(lists),
  ]
  const special = { nan: Number.NaN, inf: Number.POSITIVE_INFINITY, 'minus inf': Number.NEGATIVE_INFINITY }
  log.info({ hparams: { ...Object.fromEntries(logged), ...special } })
  await new Promise((closed) => stream.end().once('close', closed))
  const path = join(dir, 'hparams.yaml')
  const loaders = await judge<Record<string, [key: string, type: string, value: unknown][]>>('read_yaml', path)
  t.ok('SafeLoader' in loaders)
  const expected: Record<string, string[]> = { string: ['str'], number: ['int', 'float'], boolean: ['bool'], object: ['list', 'dict', 'NoneType'] } // biome-ignore format: a table
  for (const [loader, found] of Object.entries(loaders)) {
    const types = new Map(found.map(([key, type, value]) => [key, [type, value]]))
    t.equal(found.length, logged.length + 3, loader)
    const wrong = logged.filter(([key, value]) => {
      const [type, read] = types.get(key) ?? []
      return !expected[typeof value]?.includes(String(type)) || JSON.stringify(read) !== JSON.stringify(value)
    })
    t.strictSame(wrong, [], loader)
    t.strictSame(
      Object.keys(special).map((key) => types.get(key)),
      [
        ['float', 'nan'],
        ['float', 'inf'],
        ['float', '-inf'],
      ],
    )
  }
})
