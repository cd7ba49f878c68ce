import { once } from 'node:events'
import { declarationKey, OptionChecker, type SinkDeclaration } from 'pino-rank/sink'
import t from 'tap'
import { MemoryRun } from '../run/memory-run.test-kit.ts'
import {
  type MetricOptions,
  type MetricSettings,
  metricFileSettings,
  metricKeys,
  metricSettings,
  textOption,
} from './metric-options.ts'
import { metricRank } from './metric-rank.ts'
import { metricSink } from './metric-sink.ts'

interface Options extends MetricOptions {
  path?: string
}

interface Settings extends MetricSettings {
  path: string
  cwd: string | undefined
}

const as = (rank: number) => ({ rank, launcher: 'test', worldSize: 4 })

function memorySink() {
  const opened: Settings[] = []
  const runs: MemoryRun[] = []
  const rank = metricRank<Options, Settings>({
    package: 'test',
    keys: ['path', ...metricKeys],
    settings(check, options, self, cwd) {
      const path = textOption(check, 'path', options.path ?? 'a', self)
      return { ...metricSettings(check, options), path, cwd }
    },
    ownPlace: ({ path }) =>
      path === undefined ? undefined : { at: 'option "path"', template: path, fix: 'write r{rank}' },
    exit: true,
  })
  const sink = metricSink<Options, Settings>({
    rank,
    name: ({ path }) => `test: ${path}`,
    writer(settings) {
      opened.push(settings)
      const run = new MemoryRun()
      runs.push(run)
      return run
    },
  })
  return { sink, rank, opened, runs }
}

const declarationOf = (stream: object) => Reflect.get(stream, declarationKey) as SinkDeclaration

const record = (step: number) => `${JSON.stringify({ level: 30, time: 1, step, metrics: { loss: 1 } })}\n`

t.test('a target takes options of the gate, and passes the sink its own options', async (t) => {
  const { sink, opened, runs } = memorySink()
  const stream = sink.target({ rank: as(1), ranks: '*', cwd: '/tmp', path: 'r{rank}', flushMs: 5 })
  t.strictSame(opened, [{ nestedKey: undefined, flushMs: 5, queueBytes: 2 ** 24, path: 'r1', cwd: '/tmp' }])
  stream.write(record(3))
  stream.end()
  await once(stream, 'close')
  t.strictSame(
    runs[0]?.records.map(({ step }) => step),
    [3],
  )
})

t.test('a target of a rank that is gated out writes no record', async (t) => {
  const { sink, runs } = memorySink()
  const stream = sink.target({ rank: as(1) })
  stream.write(record(3))
  stream.end()
  await once(stream, 'close')
  t.strictSame(runs[0]?.records, [])
})

t.test('a target ends its run with the exit code that rankLogger stores', async (t) => {
  const { sink, runs } = memorySink()
  const exitCode = new SharedArrayBuffer(4)
  new Int32Array(exitCode)[0] = 3
  const stream = sink.target({ rank: as(0), gate: false, exitCode })
  stream.end(record(0))
  await once(stream, 'close')
  t.match(runs[0]?.ends, [{ status: 'failed', exitCode: 3 }])
  t.equal(runs[0]?.ends.length, 1)
})

t.test('a stream fills in its rank, and rejects options of the gate', async (t) => {
  const { sink, opened } = memorySink()
  const stream = sink.stream({ rank: as(2), path: 'r{rank}' })
  t.equal(opened[0]?.path, 'r2')
  t.throws(() => sink.stream({ rank: as(2), ranks: '*' } as object), { code: 'OPTION_UNKNOWN' })
  const { ranks, others, exit, check } = declarationOf(stream)
  t.strictSame([ranks, others, exit, check], ['0', 'silent', true, undefined])
  stream.end()
  await once(stream, 'close')
})

t.test('several ranks that would write to one place are rejected, by a target and by a stream', async (t) => {
  const { sink } = memorySink()
  const cases: [path: string | undefined, isRefused: boolean][] = [
    ['a', true],
    ['r{rank}', false],
    [undefined, false],
  ]
  for (const [path, isRefused] of cases) {
    const options = path === undefined ? {} : { path }
    const stream = sink.stream({ rank: as(2), ...options })
    const uses = [
      () => declarationOf(stream).checkRanks?.('1-', as(2) as never, {} as never),
      () => sink.target({ rank: as(1), ranks: '1-', ...options }).end(),
    ]
    for (const use of uses)
      if (isRefused) t.throws(use, { code: 'PATH_PLACEHOLDER', message: /^test: option "path": / }, `path ${path}`)
      else t.doesNotThrow(use, `path ${path}`)
    stream.end()
  }
})

t.test('a sink whose options all have defaults can be used without options', async (t) => {
  const { sink, opened } = memorySink()
  for (const stream of [sink.target(), sink.stream()]) stream.end()
  t.strictSame(
    opened.map(({ path }) => path),
    ['a', 'a'],
  )
})

t.test('records are at most 2 s old when they are written, unless an option says otherwise', async (t) => {
  const { sink, opened } = memorySink()
  sink.stream().end()
  t.match(opened, [{ flushMs: 2000, queueBytes: 2 ** 24 }])
})

t.test('invalid values of the options of every metric sink are rejected', (t) => {
  const { rank } = memorySink()
  const invalid: object[] = [{ flushMs: 0 }, { queueBytes: 1 }, { nestedKey: '' }]
  for (const options of invalid)
    t.throws(() => rank.check?.(options, as(0) as never), { code: 'OPTION_INVALID' }, JSON.stringify(options))
  t.throws(() => rank.check?.({ flushMS: 1 } as object, as(0) as never), { code: 'OPTION_UNKNOWN' })
  const check = new OptionChecker('pino-x')
  t.match(metricFileSettings(check, { mode: 0o600 }), { mode: 0o600 })
  const decimal = { code: 'OPTION_INVALID', message: /pino-x: option "mode": .* write 0o640 / }
  t.throws(() => metricFileSettings(check, { mode: 640 }), decimal, 'the same check as the mode of a log file')
  t.end()
})
