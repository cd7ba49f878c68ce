import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fieldsOf } from 'pino-rank-metrics/sink'
import { rank, type WandbOptions, wandbStream } from 'pino-wandb'
import t from 'tap'
import { exitCodeOf, itemsOf, offlineRuns, type WandbRecord, wandbRecords } from './kit/wandb-records.ts'

const soleRank = { rank: 0, launcher: 'test' } as const

async function write(dir: string, records: object[], options: WandbOptions = {}): Promise<WandbRecord[]> {
  const stream = wandbStream({ dir, id: 'run1', ...options, rank: soleRank })
  for (const record of records) stream.write(`${JSON.stringify({ level: 30, time: 1_700_000_000_250, ...record })}\n`)
  await new Promise((closed) => stream.end().once('close', closed))
  const [run = ''] = offlineRuns(dir)
  t.match(run, /wandb\/offline-run-\d{8}_\d{6}-run1$/)
  return wandbRecords(join(run, 'run-run1.wandb'))
}

t.test('a run file has header, run, rows with their step, config, summary and exit, in order', async (t) => {
  const found = await write(t.testdir(), [
    { hparams: { lr: 0.1, net: { act: 'relu' } } },
    { msg: 'other' },
    { metrics: { loss: 0.5, bad: null }, step: 49 },
    { metrics: { loss: 0.25 }, step: 99, epoch: 1, time: 1_700_000_002_250 },
    { hparams: { late: 1 } },
    { metrics: { val: 1 }, step: 10 },
    { run: { exitCode: 3 } },
  ])
  t.strictSame(
    found.map(({ kind }) => kind),
    ['header', 'run', 'metric', 'history', 'history', 'config', 'history', 'summary', 'exit'],
  )
  const [, run, , first, second, config, third, summary, exit] = found as [
    WandbRecord,
    WandbRecord,
    WandbRecord,
    WandbRecord,
    WandbRecord,
    WandbRecord,
    WandbRecord,
    WandbRecord,
    WandbRecord,
  ]
  const parts = [...fieldsOf(run.message)].filter(({ number }) => number === 4).map(({ value }) => value as Buffer)
  t.strictSame(itemsOf({ kind: '', message: parts[0] as Buffer }), { lr: '0.1', 'net/act': '"relu"' })
  const step = 'trainer/global_step'
  t.strictSame(itemsOf(first), {
    loss: '0.5',
    bad: 'NaN',
    [step]: '49',
    _timestamp: '1700000000.25',
    _runtime: '0',
    _step: '0',
  })
  t.strictSame(itemsOf(second), {
    loss: '0.25',
    epoch: '1',
    [step]: '99',
    _timestamp: '1700000002.25',
    _runtime: '2',
    _step: '1',
  })
  t.strictSame(itemsOf(config), { late: '1' })
  t.match(itemsOf(third), { val: '1', [step]: '10', _step: '2' })
  t.match(itemsOf(summary), { loss: '0.25', bad: 'NaN', val: '1', epoch: '1', _step: '2' })
  t.equal(exitCodeOf(exit), 3)
})

t.test('a stream that ends before its process records exit code 0', async (t) => {
  const found = await write(t.testdir(), [{ metrics: { a: 1 } }])
  const last = found.at(-1) as WandbRecord
  t.strictSame([last.kind, exitCodeOf(last)], ['exit', 0])
})

t.test('a stream without metrics creates no run', async (t) => {
  const dir = t.testdir()
  const stream = wandbStream({ dir, rank: soleRank })
  stream.write('{"level":30,"msg":"hello"}\n')
  await new Promise((closed) => stream.end().once('close', closed))
  t.strictSame(offlineRuns(dir), [])
})

t.test('texts and histograms are in the row, and images are files of the run', async (t) => {
  const dir = t.testdir()
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAD0lEQVR4nGNgoB/4DwABBAEAzNqxNAAAAABJRU5ErkJggg==',
    'base64',
  )
  const metrics = {
    note: { text: 'ä "q"' },
    w: { histogram: { counts: [1, 2], edges: [0, 1, 3] } },
    'a/b c': { image: { png } },
  }
  const found = await write(dir, [{ metrics, step: 1 }])
  const row = itemsOf(found.find(({ kind }) => kind === 'history') as WandbRecord)
  t.strictSame(JSON.parse(row.note as string), 'ä "q"')
  t.strictSame(JSON.parse(row.w as string), { _type: 'histogram', values: [1, 2], bins: [0, 1, 3] })
  const image = JSON.parse(row['a/b c'] as string)
  const sha256 = createHash('sha256').update(png).digest('hex')
  t.match(image, { _type: 'image-file', sha256, size: png.length, format: 'png', width: 2, height: 3 })
  t.ok(readFileSync(join(offlineRuns(dir)[0] as string, 'files', image.path)).equals(png))
  t.match(image.path, /^media\/images\/a_b_c_0_[0-9a-f]{20}\.png$/)
  t.ok(String(found.find(({ kind }) => kind === 'files')?.message).includes(image.path))
})

t.test('console: true records each line of the log', async (t) => {
  const records = [{ msg: 'before' }, { metrics: { a: 1 } }, { msg: 'hello' }]
  const output = (found: WandbRecord[]) =>
    found.filter(({ kind }) => kind === 'output').map(({ message }) => String(message))
  const lines = output(await write(t.testdir(), records, { console: true }))
  t.equal(lines.length, 3)
  t.match(lines[2], /"msg":"hello"/)
  t.strictSame(output(await write(t.testdir(), records)), [])
})

t.test('console: true records a last line without a newline', async (t) => {
  const dir = t.testdir()
  const stream = wandbStream({ dir, id: 'run1', console: true, rank: soleRank })
  stream.write('{"level":30,"time":1700000000250,"metrics":{"a":1}}\nTraceback: the last words')
  await new Promise((closed) => stream.end().once('close', closed))
  const found = wandbRecords(join(offlineRuns(dir)[0] as string, 'run-run1.wandb'))
  const output = found.filter(({ kind }) => kind === 'output')
  t.equal(output.length, 2)
  t.match(String(output[1]?.message), 'Traceback: the last words\n')
})

t.test('a row has 10,000 names, and the next a text of 1 MB', async (t) => {
  const metrics = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`tag/${n}`, n]))
  const found = await write(t.testdir(), [{ metrics }, { metrics: { note: { text: 'x'.repeat(1_000_000) } } }])
  const rows = found.filter(({ kind }) => kind === 'history')
  t.strictSame(
    rows.map((row) => Object.keys(itemsOf(row)).length),
    [10_004, 5],
  )
})

t.test('invalid options are refused at construction', (t) => {
  const wrong = [
    { projct: 'a' },
    { id: 'a/b' },
    { id: '' },
    { tags: 'a' },
    { resume: true },
    { console: 'yes' },
    { flushMs: 0 },
    { name: 7 },
    { group: '{nobody}' },
  ]
  for (const options of wrong) {
    t.throws(() => wandbStream(options as never), { message: /^pino-wandb: opt/ }, JSON.stringify(options))
    t.throws(() => rank.check?.(options as never, soleRank), { message: /^pino-wandb: opt/ })
  }
  t.end()
})
