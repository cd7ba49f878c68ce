import { join } from 'node:path'
import t from 'tap'
import { logRun, lossAt } from './log-run.ts'
import { judge, missing } from './python.ts'

interface Verdict {
  pandas: { columns: string[]; types: string[]; rows: number; loss: number[] }
  duckdb: { columns: string[]; types: string[]; rows: number }
}

t.test('pandas and DuckDB', { skip: missing() ?? false }, async (t) => {
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
  // a column of nothing but infinities is dates to DuckDB
  const numbers = duckdb.types.filter((_, at) => !columns[at]?.endsWith('inf'))
  t.ok(
    numbers.every((type) => /BIGINT|DOUBLE/.test(type)),
    duckdb.types.join(),
  )
})
