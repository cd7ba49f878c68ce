import { readdirSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import pino from 'pino'
import { type TensorboardStreamOptions, tensorboardStream } from 'pino-tensorboard'
import t, { type Test } from 'tap'
import { browser, picture, pictures } from './browser.ts'
import { logRun, lossAt } from './log-run.ts'
import { judge, missing, Server } from './python.ts'

const skip = missing() ?? false
const target = 'pino-tensorboard'

interface Tag {
  plugin: string
  steps: number[]
  values?: string[]
  times?: number[]
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at)

/** Starts `tensorboard` over a folder, with its data server in Rust, or, without `fast`, with its reader in Python. */
async function serve(logdir: string, fast = true): Promise<Server> {
  const args = [
    '--logdir',
    logdir,
    '--host',
    '127.0.0.1',
    '--port',
    '0',
    '--reload_interval',
    '1',
    '--load_fast',
    String(fast),
  ]
  return Server.start('tensorboard', args, /(http:\/\/127\.0\.0\.1:\d+)/)
}

/** Asks again until the server, which reloads its files from time to time, gives a complete answer. */
async function poll<Answer>(ask: () => Promise<Answer>, isComplete: (answer: Answer) => boolean): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask().catch(() => undefined)
    if (answer !== undefined && isComplete(answer)) return answer
    if (attempt === 100) throw new Error(`the answer stays incomplete: ${JSON.stringify(answer)?.slice(0, 500)}`)
    await new Promise((again) => setTimeout(again, 200))
  }
}

t.test('TensorBoard’s own reader finds all values of a run', { skip }, async (t) => {
  const logdir = join(t.testdir(), 'run')
  await logRun({ target, options: { logdir }, steps: [0, 100], media: true, exit: 0 })
  const found = await judge<Record<string, Tag>>('read_events', logdir)
  t.strictSame(found['loss/train']?.steps, range(0, 100))
  t.strictSame(
    found['loss/train']?.values?.map(Number),
    range(0, 100).map((step) => Math.fround(lossAt(step))),
  )
  t.ok(
    found['loss/train']?.times?.every((time) => Math.abs(time - Date.now() / 1000) < 120),
    'times are in s since 1970',
  )
  t.strictSame(
    ['odd/nan', 'odd/inf', 'odd/neg inf', 'odd/ä π 🚀'].map((tag) => found[tag]?.values),
    [['nan'], ['inf'], ['-inf'], ['1.0']],
  )
  t.strictSame(
    ['epoch', 'note', 'weights', 'sample', '_hparams_/session_start_info', '_hparams_/session_end_info'].map(
      (tag) => found[tag]?.plugin,
    ),
    ['scalars', 'text', 'histograms', 'images', 'hparams', 'hparams'],
  )
})

/** Logs records to a new file of a run, as another process would. */
async function logTo(logdir: string, records: object[], options: TensorboardStreamOptions = {}): Promise<void> {
  const stream = tensorboardStream({ logdir, ...options })
  const log = pino(stream)
  for (const record of records) log.info(record)
  await new Promise((closed) => stream.end().once('close', closed))
}

/** Checks the steps of a tag with both loaders of the server, and with the reader for programs. */
async function showsSteps(t: Test, logdir: string, tag: string, steps: number[]): Promise<void> {
  const found = await judge<Record<string, Tag>>('read_events', logdir)
  t.strictSame(found[tag]?.steps, steps, 'the reader')
  for (const fast of [true, false]) {
    const server = await serve(logdir, fast)
    const scalars = () =>
      server.json<[number, number, number][]>(`/data/plugin/scalars/scalars?run=.&tag=${encodeURIComponent(tag)}`)
    const points = await poll(scalars, ({ length }) => length === steps.length)
    t.strictSame(points.map(([, step]) => step), steps, fast ? 'data server' : 'Python reader') // biome-ignore format: a line
    await server.stop()
  }
}

t.test('a resumed run with purgeStep shows each step once, and a torn record hides no other', { skip }, async (t) => {
  const logdir = join(t.testdir(), 'run')
  await logRun({ target, options: { logdir }, steps: [0, 100], exit: 'killed' })
  const [first = ''] = readdirSync(logdir).map((name) => join(logdir, name))
  truncateSync(first, statSync(first).size - 3)
  await logRun({ target, options: { logdir, purgeStep: 50 }, steps: [50, 150], exit: 0 })
  t.equal(readdirSync(logdir).length, 2)
  await showsSteps(t, logdir, 'loss/train', range(0, 150))
})

const later: [name: string, record: object][] = [
  ['an evaluation at step 0', { metrics: { 'eval/acc': 0.5 }, step: 0 }],
  ['an evaluation at a step in between', { metrics: { 'eval/acc': 0.5 }, step: 50 }],
  ['a resumed run whose first record has no step', { metrics: { 'eval/acc': 0.5 } }],
]

for (const [name, record] of later) {
  t.test(`${name} removes no step of the curve`, { skip }, async (t) => {
    const logdir = join(t.testdir(), 'run')
    await logRun({ target, options: { logdir }, steps: [0, 100], exit: 0 })
    await logTo(logdir, [record])
    await logTo(logdir, [record])
    await showsSteps(t, logdir, 'loss/train', range(0, 100))
  })
}

t.test('EventAccumulator.Scalars() reads simple values', { skip }, async (t) => {
  const logdir = join(t.testdir(), 'run')
  const records = range(0, 20).map((step) => ({ metrics: { loss: lossAt(step) }, step }))
  await logTo(logdir, [{ hparams: { lr: 0.1 } }, ...records, { metrics: { loss: NaN, other: 2 }, step: 20 }], {
    simpleValue: true,
  })
  const found = await judge<Record<string, [number, string][]>>('read_scalars', logdir)
  t.strictSame(
    found.loss?.map(([step, value]) => [step, Number(value)]),
    [...range(0, 20).map((step) => [step, Math.fround(lossAt(step))]), [20, NaN]],
  )
  t.strictSame(found.other, [[20, '2.0']])
  await showsSteps(t, logdir, 'loss', range(0, 21))
})

t.test('TensorBoard shows new steps of a running process without a flush', { skip }, async (t) => {
  const logdir = join(t.testdir(), 'run')
  const log = pino({ transport: { target, options: { logdir } } })
  const server = await serve(logdir)
  t.teardown(() => server.stop())
  const scalars = () => server.json<[number, number, number][]>('/data/plugin/scalars/scalars?run=.&tag=loss')
  for (const shown of [10, 20, 30]) {
    for (let step = shown - 10; step < shown; step++) log.info({ metrics: { loss: step }, step })
    const points = await poll(scalars, ({ length }) => length >= shown) // no flush(): the flush interval writes them
    t.strictSame(points.map(([, step]) => step), range(0, shown)) // biome-ignore format: a line
  }
  await new Promise((flushed) => log.flush(flushed))
})

t.test('the pages of TensorBoard show every kind of value', { skip, timeout: 240_000 }, async (t) => {
  const logdir = t.testdir()
  const runs = [
    ['first', 0],
    ['second', 1],
  ] as const
  for (const [name, exit] of runs)
    await logRun({
      target,
      options: { logdir: join(logdir, name) },
      steps: [0, 200],
      media: true,
      exit,
      plain: exit === 1,
      lr: exit === 1 ? 0.04 : 0.1,
    })
  const server = await serve(logdir)
  t.teardown(() => server.stop())
  const get = <Answer>(path: string, isComplete: (answer: Answer) => boolean) =>
    poll(() => server.json<Answer>(`/data/plugin/${path}`), isComplete)

  const points = await get<[number, number, number | string][]>(
    'scalars/scalars?run=first&tag=loss%2Ftrain',
    (p) => p.length === 200,
  )
  t.equal(points[7]?.[2], Math.fround(lossAt(7)))
  const [[, , nan]] = await get<[[number, number, string]]>(
    'scalars/scalars?run=first&tag=odd%2Fnan',
    (p) => p.length === 1,
  )
  t.equal(nan, 'NaN')
  const [text] = await get<{ text: string }[]>('text/text?run=first&tag=note', (p) => p.length === 1)
  t.match(text?.text, /<strong>bold<\/strong> ä/)
  const [[, , bins]] = await get<[[number, number, number[][]]]>(
    'histograms/histograms?run=first&tag=weights',
    (p) => p.length === 1,
  )
  t.equal(bins.reduce((sum, [, , count = 0]) => sum + count, 0), 1000) // biome-ignore format: a line
  const [image] = await get<{ query: string }[]>('images/images?run=first&tag=sample', (p) => p.length === 1)
  const shown = await fetch(`${server.uri}/data/plugin/images/individualImage?${image?.query}`)
  t.match(
    Buffer.from(await shown.arrayBuffer())
      .subarray(0, 24)
      .toString('latin1'),
    /^\x89PNG.*\0@\0\0\0@$/s,
    '64 × 64',
  )

  const columns = { colParams: [], startIndex: 0, sliceSize: 100, allowedStatuses: ['STATUS_SUCCESS', 'STATUS_FAILURE', 'STATUS_UNKNOWN', 'STATUS_RUNNING'] } // biome-ignore format: a line
  interface Groups {
    sessionGroups: { hparams: Record<string, unknown>; sessions: { name: string; status: string }[] }[]
  }
  const { sessionGroups } = await poll(
    () => server.json<Groups>('/data/plugin/hparams/session_groups', { experimentName: '', ...columns }),
    (answer) => answer.sessionGroups?.length === 2,
  )
  const sessions = sessionGroups.flatMap(({ sessions }) => sessions).map(({ name, status }) => [name, status])
  t.strictSame(sessions.sort(), [
    ['first', 'STATUS_SUCCESS'],
    ['second', 'STATUS_FAILURE'],
  ])
  const hparams = { lr: 0.1, 'net/depth': 3, 'net/activation': 'relu', amp: true, far: 'Infinity', nan: 'NaN' }
  const first = sessionGroups.find(({ sessions }) => sessions[0]?.name === 'first')
  t.strictSame(first?.hparams, hparams)

  t.test('Chromium draws scalars and hyperparameters', { skip: browser() ? false : 'needs Chromium' }, async (t) => {
    const page = `${server.uri}/?darkMode=false&forceSVG=true&tagFilter=loss`
    await picture(`${page}#timeseries`, join(pictures, 'tensorboard-scalars.png'), 'line-chart path', 'body')
    await picture(`${page}#hparams`, join(pictures, 'tensorboard-hparams.png'), '>>> vaadin-grid', 'body')
    for (const name of ['scalars', 'hparams'])
      t.ok(statSync(join(pictures, `tensorboard-${name}.png`)).size > 20_000, name)
  })
})
