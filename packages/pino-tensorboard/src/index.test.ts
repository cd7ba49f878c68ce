import { appendFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { rank, readEvents, type TensorboardEvent, tensorboardStream } from './index.ts'

const soleRank = { rank: 0, launcher: 'test' } as const

async function events(file: string): Promise<TensorboardEvent[]> {
  const found: TensorboardEvent[] = []
  for await (const event of readEvents(file)) found.push(event)
  return found
}

const eventFiles = (dir: string) => readdirSync(dir).map((name) => join(dir, name))

/** Writes records in the form of pino, ends the stream, and returns the events of its one file. */
async function write(logdir: string, records: object[], options = {}): Promise<TensorboardEvent[]> {
  const stream = tensorboardStream({ logdir, rank: soleRank, ...options })
  for (const record of records) stream.write(`${JSON.stringify({ level: 30, time: 1_700_000_000_250, ...record })}\n`)
  await new Promise((closed) => stream.end().once('close', closed))
  const [file = '', ...others] = eventFiles(logdir)
  t.strictSame(others, [])
  return events(file)
}

t.test('scalars are written with the epoch, and the first value of a tag with its metadata', async (t) => {
  const logdir = join(t.testdir(), 'a/b')
  const found = await write(logdir, [
    { msg: 'other' },
    { metrics: { loss: { train: 0.5 }, lr: 0.25 }, step: 49 },
    { metrics: { 'loss/train': null }, step: 99, epoch: 1 },
  ])
  const time = 1_700_000_000_250
  t.strictSame(found, [
    { time, step: 0, fileVersion: 'brain.Event:2', values: [] },
    {
      time,
      step: 49,
      values: [
        { tag: 'loss/train', plugin: 'scalars', value: 0.5 },
        { tag: 'lr', plugin: 'scalars', value: 0.25 },
      ],
    },
    {
      time,
      step: 99,
      values: [
        { tag: 'loss/train', value: NaN },
        { tag: 'epoch', plugin: 'scalars', value: 1 },
      ],
    },
  ])
  t.match(eventFiles(logdir)[0], /\/events\.out\.tfevents\.\d{10}\.[^/]+\.\d+\.0$/)
  t.equal(statSync(eventFiles(logdir)[0] as string).mode & 0o137, 0, 'permission bits are within 0640')
})

t.test('hyperparameters before the first metric are one session, which the end of the run ends', async (t) => {
  const hparams = [{ hparams: { lr: 0.1 } }, { hparams: { net: { depth: 3 } } }]
  const metric = { metrics: { a: 1 }, step: 1 }
  for (const [status, ends] of [
    ['finished', 1],
    ['failed', 1],
    ['killed', 0],
    [undefined, 1],
  ] as const) {
    const run = status ? [{ run: { status } }] : []
    const found = await write(join(t.testdir(), 'r'), [...hparams, metric, { hparams: { late: 1 } }, ...run])
    const tags = found.flatMap(({ values }) => values.map(({ tag }) => tag))
    t.strictSame(tags, [
      '_hparams_/session_start_info',
      'a',
      ...Array(ends).fill('_hparams_/session_end_info'),
    ], status ?? 'unknown') // biome-ignore format: a table
    const content = String(found[1]?.values[0]?.content)
    t.match(content, /lr.*net\/depth/s)
    t.notMatch(content, /late/)
  }
  const alone = await write(join(t.testdir(), 'r'), hparams)
  t.strictSame(
    alone.map(({ sessionLog, values }) => [sessionLog, values.map(({ tag }) => tag)]),
    [
      [undefined, []],
      [undefined, ['_hparams_/session_start_info']],
      [undefined, ['_hparams_/session_end_info']],
    ],
    'without a metric nothing is purged',
  )
})

t.test('session starts, which purge earlier values, are written only with purgeStep', async (t) => {
  const starts = (found: TensorboardEvent[]) =>
    found.flatMap(({ sessionLog, step }) => (sessionLog === 1 ? [step] : []))
  for (const step of [undefined, 0, 30]) t.strictSame(starts(await write(join(t.testdir(), 'r'), [{ metrics: { a: 1 }, step }])), []) // biome-ignore format: a line
  for (const purgeStep of [0, 20]) {
    const found = await write(join(t.testdir(), 'r'), [{ metrics: { a: 1 }, step: 30 }], { purgeStep })
    t.strictSame(
      starts(found),
      [purgeStep, purgeStep],
      'the second one purges, even if no earlier file has a session start',
    )
    t.strictSame(found.map(({ values }) => values.length), [0, 0, 0, 1], 'before the first value') // biome-ignore format: a line
  }
})

t.test('simpleValue writes scalars as simple_value, without metadata', async (t) => {
  const records = [
    { metrics: { 'ä/b': 0.1 }, step: 1 },
    { metrics: { 'ä/b': null, c: -0 }, step: 2, epoch: 3 },
  ]
  const found = await write(join(t.testdir(), 'r'), records, { simpleValue: true })
  t.strictSame(
    found.flatMap(({ values }) => values),
    [
      { tag: 'ä/b', value: Math.fround(0.1) },
      { tag: 'ä/b', value: NaN },
      { tag: 'c', value: 0 },
      { tag: 'epoch', value: 3 },
    ],
  )
})

t.test('each stream creates a new file and does not change earlier ones', async (t) => {
  const logdir = t.testdir()
  await write(logdir, [{ metrics: { a: 1 } }])
  const before = readFileSync(eventFiles(logdir)[0] as string)
  const stream = tensorboardStream({ logdir, rank: soleRank })
  stream.write('{"metrics":{"a":2}}\n')
  stream.flushSync()
  t.equal(eventFiles(logdir).length, 2)
  t.ok(eventFiles(logdir).some((file) => readFileSync(file).equals(before)))
  stream.end()
})

t.test('the first metric record creates the run directory', async (t) => {
  const runDirectory = join(t.testdir(), 'runs')
  const stream = tensorboardStream({ runDirectory, rank: { ...soleRank, runKey: 'job' } })
  stream.write('{"msg":"no metric"}\n')
  stream.flushSync()
  t.throws(() => readdirSync(runDirectory), { code: 'ENOENT' }, 'a record without metrics creates nothing')
  stream.write('{"metrics":{"a":2}}\n')
  stream.flushSync()
  t.strictSame(readdirSync(runDirectory), ['version_0'])
  stream.end()
})

t.test('a value is ignored if the first value of its tag is of another kind', async (t) => {
  const found = await write(join(t.testdir(), 'r'), [
    { metrics: { a: 1 }, step: 1 },
    { metrics: { a: { text: 'x' } }, step: 2 },
    { metrics: { b: { text: 'x' } }, step: 3 },
  ])
  t.strictSame(
    found.flatMap(({ step, values }) => values.map(({ tag }) => [step, tag])),
    [
      [1, 'a'],
      [3, 'b'],
    ],
  )
})

t.test('a record may have 10,000 tags or a text of 1 MB', async (t) => {
  const metrics = Object.fromEntries(Array.from({ length: 10_000 }, (_, n) => [`tag/${n}`, n]))
  const text = 'ä'.repeat(500_000)
  const found = await write(join(t.testdir(), 'r'), [
    { metrics, step: 1 },
    { metrics, step: 2 },
    { metrics: { note: { text } }, step: 3 },
  ])
  t.strictSame(
    found.map(({ values }) => values.length),
    [0, 10_000, 10_000, 1],
  )
  t.strictSame(found[2]?.values[9999], { tag: 'tag/9999', value: 9999 })
  t.equal(String(found[3]?.values[0]?.value), text)
})

t.test('readEvents ignores a torn last record, and throws with the offset of any other damage', async (t) => {
  const logdir = t.testdir()
  const metrics = [1, 2, 3].map((step) => ({ metrics: { a: step }, step }))
  const whole = await write(logdir, metrics)
  const [file = ''] = eventFiles(logdir)
  const bytes = readFileSync(file)
  for (let cut = 1; cut < 40; cut++) {
    truncateSync(file, bytes.length - cut)
    t.strictSame(await events(file), whole.slice(0, -1), `${cut} bytes less`)
  }
  writeFileSync(file, bytes)
  appendFileSync(file, 'x'.repeat(11))
  t.strictSame(await events(file), whole, 'a torn length')
  for (const [at, message] of [
    [2, /byte 0: the CRC of the length is wrong/],
    [20, /byte 0: the CRC of the record is wrong/],
    [bytes.length - 6, /byte \d{3}: the CRC of the record is wrong/],
  ] as const) {
    const damaged = Buffer.from(bytes)
    damaged[at] = (damaged[at] as number) ^ 1
    writeFileSync(file, damaged)
    await t.rejects(events(file), { name: 'EventFileError', message })
  }
})

t.test('invalid options are rejected when the stream is created and when the gate checks them', (t) => {
  const wrong = [
    { logdirs: 'a' },
    { logdir: '' },
    { logdir: 'a', runDirectory: 'b' },
    { flushMs: 0 },
    { purgeStep: -1 },
    { simpleValue: 1 },
    { group: 7 },
    { attemptFolder: 'yes' },
    { logdir: '{nobody}' },
  ]
  for (const options of wrong) {
    t.throws(() => tensorboardStream(options as never), { message: /^pino-tensorboard: opt/ }, JSON.stringify(options))
    t.throws(() => rank.check?.(options as never, soleRank), { message: /^pino-tensorboard: opt/ })
  }
  t.end()
})
