import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MlflowStreamOptions, mlflowStream, rank, resend } from 'pino-mlflow'
import t, { type Test } from 'tap'
import { MlflowServer } from './kit/mlflow-server.ts'

const soleRank = { rank: 0, launcher: 'test' } as const
/** Timeouts for a machine that is busy with other work. */
const patient = { timeoutMs: 60_000, endMs: 60_000 }
const time = 1_700_000_000_250

/** Opens a server, a stream to it and a spool, and removes them when the test ends. */
async function open(t: Test, options: MlflowStreamOptions = {}) {
  const server = await MlflowServer.start()
  t.teardown(() => server.stop())
  const spool = join(t.testdir(), 'spool')
  const stream = mlflowStream({ trackingUri: server.uri, rank: soleRank, spool, ...patient, ...options })
  const log = (record: object) => stream.write(`${JSON.stringify({ level: 30, time, ...record })}\n`)
  const flush = () => new Promise<Error | undefined>((done) => stream.flush(done))
  const end = () => new Promise<void>((closed) => stream.end().once('close', closed))
  return { server, stream, log, flush, end, spool }
}

const spooled = (spool: string) => readdirSync(spool).map((name) => join(spool, name))

t.test('a run has its name, tags, parameters, metrics and status', async (t) => {
  const options = { experiment: 'digits', runName: 'first', tags: { team: 'a' } }
  const { server, stream, log, end } = await open(t, options)
  log({ msg: 'other' })
  log({ hparams: { lr: 0.1, net: { act: 'relu' } } })
  log({ metrics: { loss: { train: 0.5 }, bad: null, far: '-Infinity' }, step: 49 })
  log({ metrics: { 'loss/train': 0.25 }, step: 99, epoch: 1 })
  log({ run: { status: 'finished' } })
  await end()
  const { name, status, params, metrics, tags } = server.run
  t.strictSame([name, status, params], ['first', 'FINISHED', { lr: '0.1', 'net/act': 'relu' }])
  t.match(tags, { team: 'a' })
  t.strictSame(metrics, [
    { key: 'loss/train', value: 0.5, timestamp: time, step: 49 },
    { key: 'bad', value: 'NaN', timestamp: time, step: 49 },
    { key: 'far', value: '-Infinity', timestamp: time, step: 49 },
    { key: 'loss/train', value: 0.25, timestamp: time, step: 99 },
  ])
  t.match(
    stream.stats(),
    { records: 3, values: 4, drops: 0, errors: 1 },
    'the one error is the lookup of the experiment, which did not exist yet',
  )
})

t.test('texts, histograms and images are artifacts', async (t) => {
  const { server, log, end } = await open(t)
  const png = Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAIAAAADCAIAAAA2iEnWAAAAD0lEQVR4nGNgoB/4DwABBAEAzNqxNAAAAABJRU5ErkJggg==',
    'base64',
  )
  const histogram = { counts: [1, 2], edges: [0, 1, 3] }
  log({ metrics: { note: { text: 'ä' }, w: { histogram }, img: { image: { png } } }, step: 7 })
  await end()
  const { artifacts } = server
  t.strictSame([...artifacts.keys()], [
    '0/run0/artifacts/texts/note_7.txt',
    '0/run0/artifacts/histograms/w_7.json',
    '0/run0/artifacts/images/img_7.png',
  ]) // biome-ignore format: a table
  const [text, json, image] = [...artifacts.values()]
  t.strictSame([String(text), JSON.parse(String(json)), image?.equals(png)], ['ä', histogram, true])
})

t.test('requests stay within MLflow’s limits, also for 10,000 names', async (t) => {
  const { server, log, end } = await open(t)
  const many = (length: number, prefix: string) =>
    Object.fromEntries(Array.from({ length }, (_, n) => [`${prefix}${n}`, n]))
  log({ hparams: many(250, 'p') })
  log({ metrics: many(10_000, 'm'), step: 1 })
  log({ metrics: many(700, 'n'), step: 2 })
  await end()
  t.strictSame([server.run.metrics.length, Object.keys(server.run.params).length], [10_700, 250])
  t.equal(server.requests.filter(({ path }) => path.endsWith('log-batch')).length, 3 + 11)
})

t.test('names that MLflow accepts do not change, and no two names become the same', async (t) => {
  const { server, log, end } = await open(t)
  const accepted = ['损失', 'a b/c:d', 'Ünïcode.x', '²Ⅷ', 'a/..x', '.x', 'AR_100', 'l'.repeat(250), '损'.repeat(250)]
  const refused: [name: string, key: string][] = [
    ['AR@100', 'AR_x0040_100'],
    ['🚀,', '_x1F680__x002C_'],
    ['e\u0301', 'e_x0301_'],
    ['\ud800', '_xD800_'],
    ['../x', '_x002E_./x'],
    ['a/./..', 'a/_x002E_/_x002E_.'],
    ['a//b', 'a/_x002F_b'],
    ['/a', '_x002F_a'],
    ['a/', 'a_x002F_'],
    ['', '_x_'],
    ['AR_x0040_100', 'AR_x005F_x0040_100'],
    [`${'l'.repeat(251)}`, `${'l'.repeat(237)}_473034f25679`],
  ]
  const names = [...accepted, ...refused.map(([name]) => name)]
  log({ metrics: Object.fromEntries(names.map((name, value) => [name, value])) })
  log({ hparams: Object.fromEntries(names.map((name, value) => [name, value])) })
  await end()
  const keys = [...accepted, ...refused.map(([, key]) => key)]
  t.strictSame(server.run.metrics.map(({ key, value }) => [key, value]), keys.map((key, value) => [key, value])) // biome-ignore format: a line
  t.strictSame(server.run.params, Object.fromEntries(keys.map((key, value) => [key, String(value)])))
})

t.test('a parameter that changes is dropped, and the other parameters are sent', async (t) => {
  const { server, stream, log, end } = await open(t)
  log({ hparams: { lr: 1, seed: 3 } })
  log({ hparams: { lr: 2, late: 4 } })
  await end()
  t.strictSame(server.run.params, { lr: '1', seed: '3', late: '4' })
  t.equal(stream.stats().drops, 1)
})

for (const [name, responseMode] of [
  ['no response', 'disconnect'],
  ['503', 503],
  ['429', 429],
] as const) {
  t.test(`${name}: records wait in the spool, and are sent once, in order, when the server is back`, async (t) => {
    const { server, stream, log, flush, end, spool } = await open(t)
    log({ metrics: { a: 1 }, step: 1 })
    t.equal(await flush(), undefined)
    server.responseMode = responseMode
    log({ metrics: { a: 2 }, step: 2 })
    t.match(await flush(), { name: 'MlflowError' })
    t.equal(spooled(spool).length, 1)
    log({ metrics: { a: 3 }, step: 3 })
    t.match(await flush(), { name: 'MlflowError' }, 'there is a pause before the next request')
    server.responseMode = 'normal'
    log({ run: { status: 'failed' } })
    await end()
    t.strictSame(
      server.run.metrics.map(({ step }) => step),
      [1, 2, 3],
    )
    t.equal(server.run.status, 'FAILED')
    t.strictSame([spooled(spool), stream.stats().drops], [[], 0])
  })
}

for (const call of ['runs/create', 'runs/log-batch', 'experiments/create']) {
  t.test(`if the response to ${call} is lost, nothing is created or written twice`, async (t) => {
    const { server, log, flush, end } = await open(t, { experiment: 'digits' })
    server.swallow = call
    log({ metrics: { a: 1 }, step: 1 })
    t.match(await flush(), { name: 'MlflowError', isTransient: true })
    await end()
    t.equal(server.run.metrics.length, 1)
  })
}

t.test('metrics of many records are one request, and stay in the spool until its response', async (t) => {
  const { server, log, flush, end, spool } = await open(t)
  let answer = () => {}
  server.responseMode = new Promise((resolve) => {
    answer = resolve
  })
  for (let step = 0; step < 1500; step++) log({ metrics: { a: step }, step })
  const first = flush()
  await server.nextRequest()
  log({ metrics: { a: 1500 }, step: 1500 })
  const second = flush()
  t.equal(spooled(spool).length, 1)
  answer()
  server.responseMode = 'normal'
  t.equal(await first, undefined)
  t.equal(server.run.metrics.length, 1500)
  t.equal(await second, undefined)
  t.equal(server.run.metrics.length, 1501, 'a flush sends all records that were logged before it')
  t.equal(server.requests.filter(({ path }) => path.endsWith('log-batch')).length, 3)
  t.strictSame(spooled(spool), [])
  await end()
})

t.test('if the spool cannot be written, all records are sent from memory', async (t) => {
  const { server, log, stream, end } = await open(t, { spool: '/dev/null/spool' })
  for (let step = 0; step < 3; step++) log({ metrics: { a: step }, step })
  await end()
  t.strictSame([server.run.metrics.map(({ step }) => step), stream.stats().drops], [[0, 1, 2], 0])
})

t.test('if the server is unavailable until the end, resend sends the whole run from the spool', async (t) => {
  const { server, log, end, spool } = await open(t)
  server.responseMode = 'disconnect'
  log({ hparams: { lr: 1 } })
  log({ metrics: { a: 1 }, step: 1 })
  log({ run: { exitCode: 0 } })
  await end()
  const [left = ''] = spooled(spool)
  t.notMatch(readFileSync(left, 'utf8'), /token|password/i)
  server.responseMode = 'normal'
  t.equal(await resend(spool, { trackingUri: server.uri }), 1)
  t.strictSame([server.run.status, server.run.metrics.length, server.run.params], ['FINISHED', 1, { lr: '1' }])
  t.strictSame(spooled(spool), [])
})

t.test('without a server and without a spool, lost values are counted', async (t) => {
  const { server, log, stream, end } = await open(t, { spool: '/dev/null/spool' })
  server.responseMode = 'disconnect'
  log({ hparams: { lr: 1 } })
  log({ metrics: { a: 1, b: 2 }, step: 1 })
  await end()
  t.equal(stream.stats().drops, 3)
})

t.test('no call waits for a slow server, and the end waits at most endMs', async (t) => {
  const { server, log, stream, spool } = await open(t, { endMs: 50 })
  let answer = () => {}
  server.responseMode = new Promise((resolve) => {
    answer = resolve
  })
  log({ metrics: { a: 1 }, step: 1 })
  await new Promise((closed) => stream.end().once('close', closed))
  t.equal(spooled(spool).length, 1)
  answer()
})

t.test('invalid options are rejected at construction, without showing a password', (t) => {
  const uri = { trackingUri: 'http://127.0.0.1:1' }
  const invalid = [
    {},
    { trackingUri: 'file:///mlruns' },
    { trackingUri: 'http://me:secret@127.0.0.1' },
    { ...uri, token: 'secret' },
    { ...uri, tags: ['a'] },
    { ...uri, flushMs: 0 },
  ]
  for (const options of invalid) {
    const expected = { message: /^pino-mlflow: opt(?!.*secret@)/ }
    t.throws(() => mlflowStream(options as never), expected, JSON.stringify(options))
    t.throws(() => rank.check?.(options as never, soleRank), expected)
  }
  t.end()
})
