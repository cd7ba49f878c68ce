import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { csvStream, rank } from './index.ts'
import { lineOf, readLines } from './row-file.ts'

const soleRank = { rank: 0, launcher: 'test' } as const

function open(path: string, options = {}) {
  const stream = csvStream({ path, rank: soleRank, ...options })
  const log = (record: object) => stream.write(`${JSON.stringify({ level: 30, time: 1_700_000_000_250, ...record })}\n`)
  return { stream, log }
}

const read = (path: string) => readFileSync(path, 'utf8')

const cellsIn = (text: string) => Array.from(readLines(text), ({ cells }) => cells)

t.test('each record is a row, columns are sorted by name, and lines end in CRLF', (t) => {
  const path = join(t.testdir(), 'run/metrics.csv')
  const { stream, log } = open(path)
  log({ msg: 'other' })
  stream.flushSync()
  t.notOk(existsSync(path), 'a record without metrics creates no file')
  log({ metrics: { train_loss: 0.5, zeta: null }, step: 49, epoch: 0 })
  log({ metrics: { acc: 'Infinity' }, step: 49 })
  stream.flushSync()
  t.equal(read(path), 'acc,epoch,step,train_loss,zeta\r\n,0,49,0.5,nan\r\ninf,,49,,\r\n')
  log({ metrics: { train_loss: -0.25 }, step: 99 })
  stream.flushSync()
  t.match(read(path), /\r\n,,99,-0.25,\r\n$/)
  log({ metrics: { new: 1 }, step: 100 })
  log({ metrics: { newer: 2, note: { text: 'a "b", c' } }, step: 100 })
  stream.end()
  t.equal(
    read(path),
    [
      'acc,epoch,new,newer,note,step,train_loss,zeta',
      ',0,,,,49,0.5,nan',
      'inf,,,,,49,,',
      ',,,,,99,-0.25,',
      ',,1,,,100,,',
      ',,,2,"a ""b"", c",100,,',
      '',
    ].join('\r\n'),
  )
  t.strictSame(stream.stats(), { records: 5, values: 7, flushes: 3, drops: 0, errors: 0 })
  t.end()
})

t.test('an existing file with a torn last line is continued without that line', (t) => {
  const path = join(t.testdir(), 'metrics.csv')
  writeFileSync(path, 'a,step\r\n1,0\r\n2,')
  const { stream, log } = open(path)
  log({ metrics: { a: 3 }, step: 2 })
  stream.end()
  t.equal(read(path), 'a,step\r\n1,0\r\n3,2\r\n')
  t.end()
})

t.test('hyperparameters are written to hparams.yaml in the same folder', (t) => {
  const dir = t.testdir()
  const { stream, log } = open(join(dir, 'metrics.csv'))
  log({ hparams: { lr: 0.1, 'a b': 'x: "y"', net: { depth: 3 }, amp: true } })
  stream.flushSync()
  t.strictSame(readdirSync(dir), ['hparams.yaml'])
  t.equal(read(join(dir, 'hparams.yaml')), 'lr: 0.1\n"a b": "x: \\"y\\""\nnet/depth: 3\namp: true\n')
  stream.end()
  t.end()
})

t.test('ranks whose files share a folder have hyperparameter files of their own', (t) => {
  const dir = t.testdir()
  for (const rank of [0, 1]) {
    const { stream, log } = open(join(dir, 'rank-{rank}.csv'), { rank: { ...soleRank, rank } })
    log({ hparams: { rank }, metrics: { a: rank } })
    stream.end()
  }
  t.strictSame(readdirSync(dir), ['rank-0.csv', 'rank-0.hparams.yaml', 'rank-1.csv', 'rank-1.hparams.yaml'])
  t.equal(read(join(dir, 'rank-1.hparams.yaml')), 'rank: 1\n')
  t.end()
})

t.test('if the file cannot be created, flush fails and no record is dropped', async (t) => {
  const dir = t.testdir({ taken: 'a file' })
  const { stream, log } = open(join(dir, 'taken/metrics.csv'))
  log({ metrics: { a: 1 } })
  const fault = await new Promise<Error | undefined>((done) => stream.flush(done))
  t.match(fault, { code: /ENOTDIR|EEXIST/ })
  t.strictSame(stream.stats(), { records: 1, values: 1, flushes: 0, drops: 0, errors: 1 })
  stream.end()
})

t.test('a record may have 10,000 columns', (t) => {
  const path = join(t.testdir(), 'metrics.csv')
  const { stream, log } = open(path)
  log({ metrics: Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`tag/${n}`, n])) })
  stream.end()
  const [header, row] = cellsIn(read(path))
  t.strictSame([header?.length, row?.length], [10_001, 10_001])
  t.end()
})

t.test('any cells are read back as they were written', (t) => {
  const cells = fc.array(fc.string({ unit: 'binary' }), { minLength: 2 })
  fc.assert(
    fc.property(fc.array(cells), (rows) => {
      t.strictSame(cellsIn(rows.map(lineOf).join('')), rows)
    }),
  )
  t.end()
})

t.test('invalid options are rejected when the stream is created and when the gate checks them', (t) => {
  for (const options of [{ paths: 'a' }, { path: '' }, { flushMs: 0 }, { mode: -1 }, { runDirectory: 7 }]) {
    t.throws(() => csvStream(options as never), { message: /^pino-csv-metrics: opt/ }, JSON.stringify(options))
    t.throws(() => rank.check?.(options as never, soleRank), { message: /^pino-csv-metrics: opt/ })
  }
  t.end()
})
