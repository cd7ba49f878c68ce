import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type MetricRecord, NameWarnings } from 'pino-rank-metrics/sink'
import t, { type Test } from 'tap'
import { CsvRun, type YamlValue, yamlOf } from './csv-run.ts'

/** Values and their YAML. test/interop checks that PyYAML reads each text as this value. */
const values: [value: YamlValue, text: string][] = [
  [1, '1'],
  [-2.5, '-2.5'],
  [0.000001, '0.000001'],
  [1e-8, '1.0e-8'],
  [-1e-8, '-1.0e-8'],
  [1.5e-8, '1.5e-8'],
  [1e21, '1.0e+21'],
  [123456789012, '123456789012'],
  [-0, '-0.0'],
  [NaN, '.nan'],
  [Infinity, '.inf'],
  [-Infinity, '-.inf'],
  [null, 'null'],
  [true, 'true'],
  [false, 'false'],
  ['null', '"null"'],
  ['1e-8', '"1e-8"'],
  ['', '""'],
  [' a ', '" a "'],
  ['a\nb\tc\r', '"a\\nb\\tc\\u000d"'],
  ['"\\', '"\\"\\\\"'],
  ['損失 ä 🚀', '"損失 ä 🚀"'],
  ['\u0085\u2028\u2029\ufeff\u00a0\x00\x7f', '"\\u0085\\u2028\\u2029\\ufeff\\u00a0\\u0000\\u007f"'],
  ['\u{e0001}', '"\\U000e0001"'],
  ['\ud800', '"\\ufffd"'],
  [[], '[]'],
  [{}, '{}'],
  [[1, [null], 'a'], '[1, [null], "a"]'],
  [{ on: 1e-9, '': [] }, '{? "on" : 1.0e-9, ? "" : []}'],
]

for (const [value, text] of values) {
  t.equal(yamlOf([['a', value]]), `a: ${text}\n`, text)
}

const plain = ['lr', 'net/depth', '_private', 'a.b-c', 'e5', 'nan', 'nope', 'Onset']
const quoted = ['on', 'No', 'NULL', 'y', 'true', '~', '', '0', '0x10', '1_000', '.5', '1:30', '=', '<<', '-', '?', 'a b', ' a', 'a:', 'ä', '2020-01-01'] // biome-ignore format: a list

for (const key of plain) t.equal(yamlOf([[key, 1]]), `${key}: 1\n`, key)
for (const key of quoted) t.equal(yamlOf([[key, 1]]), `"${key}": 1\n`, key)

t.test('a key that is too long for `key: value` is written as `? key`', async (t) => {
  const key = 'k'.repeat(1000)
  t.equal(yamlOf([[key, 1]]), `? "${key}"\n: 1\n`)
})

t.equal(yamlOf([]), '{}\n')

/** Opens a run whose folder cannot be made while `folder` is a file. */
function open(t: Test, queueBytes: number) {
  const folder = join(t.testdir({ run: 'a file' }), 'run')
  const path = join(folder, 'metrics.csv')
  const warnings = new NameWarnings('test', () => {})
  const run = new CsvRun({ path: () => path, isPerRank: false, mode: 0o640, queueBytes }, warnings)
  const lists = { hparams: [], hparamLists: [], texts: [], histograms: [], images: [] }
  const none = { ...lists, time: 0, epoch: undefined, rank: undefined, end: undefined }
  const write = (step: number, name = 'a', more: Partial<MetricRecord> = {}) =>
    run.write({ ...none, scalars: [[name, 1]], step, ...more } as MetricRecord)
  const steps = () =>
    readFileSync(path, 'utf8')
      .split('\r\n')
      .slice(1, -1)
      .map((line) => Number(line.split(',').at(-1)))
  return { folder, path, run, write, steps }
}

const repair = (folder: string) => rmSync(folder)

t.test('rows are buffered up to queueBytes, and then written without a flush', async (t) => {
  const { folder, path, run, write } = open(t, 1000)
  repair(folder)
  write(0)
  write(1)
  t.equal(existsSync(path), false)
  for (let step = 2; !existsSync(path); step++) write(step)
  t.equal(run.stats().flushes, 1)
  run.close()
  const { records, drops, values } = run.stats()
  t.strictSame([drops, values], [0, records])
  t.equal(readFileSync(path, 'utf8').split('\r\n').length, records + 2)
})

t.test('while the file cannot be written, the newest rows are dropped and counted', async (t) => {
  const { folder, run, write, steps } = open(t, 1000)
  t.throws(() => {
    write(0)
    run.flush()
  })
  let step = 1
  while (run.stats().drops === 0) write(step++)
  write(step++)
  t.match(run.stats(), { drops: 2, values: step - 2, errors: 1 }, 'a full buffer does not retry')
  repair(folder)
  run.flush()
  write(step)
  run.close()
  t.strictSame(steps(), [...Array.from({ length: step - 2 }, (_, at) => at), step])
  t.equal(run.stats().drops, 2)
})

t.test('a row larger than queueBytes is buffered if it is alone', async (t) => {
  const { run, write } = open(t, 100)
  write(0, 'x'.repeat(200))
  t.equal(run.stats().drops, 0)
  write(1)
  t.equal(run.stats().drops, 1)
  t.throws(() => run.close())
  t.equal(run.stats().drops, 2, 'the row is lost')
})

t.test('hyperparameters alone are written at a flush, and nothing is if there is nothing', async (t) => {
  const { folder, path, run, write } = open(t, 1000)
  run.flush()
  t.equal(run.stats().flushes, 0)
  repair(folder)
  write(0, 'a', { scalars: [], hparams: [['lr', 0.1]] })
  run.flush()
  t.strictSame([existsSync(path), readFileSync(join(folder, 'hparams.yaml'), 'utf8')], [false, 'lr: 0.1\n'])
  rmSync(folder, { recursive: true })
  mkdirSync(folder)
  run.flush()
  t.equal(existsSync(join(folder, 'hparams.yaml')), false, 'they are written once')
  write(1)
  run.close()
  t.equal(readFileSync(join(folder, 'hparams.yaml'), 'utf8'), 'lr: 0.1\n', 'and again with the first row')
})
