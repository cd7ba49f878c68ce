import { once } from 'node:events'
import { declarationKey, type expandPath, OptionChecker, type RankSetInput, type SinkDeclaration } from 'pino-rank/sink'
import t from 'tap'
import type { MetricRecord, RunEnd } from '../record/index.ts'
import type { RunWriter } from '../run/index.ts'
import { type MetricOptions, type MetricSettings, metricKeys, metricRank, metricSettings } from './metric-options.ts'
import { metricSink } from './metric-sink.ts'
import { textOption } from './path-option.ts'

interface Options extends MetricOptions {
  path?: string
}

interface Settings extends MetricSettings {
  path: string
  cwd: string | undefined
}

const as = (rank: number) => ({ rank, launcher: 'test', worldSize: 4 })

/** Remembers the steps and the end of a run. */
class MemoryRun implements RunWriter {
  readonly steps: number[] = []
  end: RunEnd | undefined

  write(record: MetricRecord): void {
    this.steps.push(record.step)
  }

  flush(): void {}

  close(end: RunEnd | undefined): void {
    this.end = end
  }

  stats() {
    return { records: this.steps.length, values: 0, flushes: 0, drops: 0, errors: 0 }
  }
}

function memorySink() {
  const check = new OptionChecker('test')
  const opened: Settings[] = []
  const runs: MemoryRun[] = []
  const checked: [ranks: RankSetInput, path: string | undefined][] = []
  const rank: SinkDeclaration<Options> = metricRank(settings, {
    checkRanks: (ranks, _, { path }: Options) => void checked.push([ranks, path]),
    exit: true,
  })
  function settings(
    options: Options,
    self: Parameters<typeof expandPath>[1],
    gateKeys: readonly string[],
    cwd?: string,
  ) {
    check.rejectUnknownKeys(options, ['path', ...metricKeys, ...gateKeys])
    const path = textOption(check, 'path', options.path ?? 'a', self)
    return { ...metricSettings(check, options), path, cwd }
  }
  const sink = metricSink<Options, Settings>({
    rank,
    settings,
    name: ({ path }) => `test: ${path}`,
    kept: () => 'records are lost',
    writer(settings) {
      opened.push(settings)
      const run = new MemoryRun()
      runs.push(run)
      return run
    },
  })
  return { sink, rank, opened, runs, checked }
}

const record = (step: number) => `${JSON.stringify({ level: 30, time: 1, step, metrics: { loss: 1 } })}\n`

t.test('a target takes options of the gate, and hands the sink its own', async (t) => {
  const { sink, opened, runs, checked } = memorySink()
  const stream = sink.target({ rank: as(1), ranks: '*', cwd: '/tmp', path: 'r{rank}', flushMs: 5 })
  t.strictSame(opened, [{ nestedKey: undefined, flushMs: 5, queueBytes: 2 ** 24, path: 'r1', cwd: '/tmp' }])
  t.strictSame(checked, [['*', 'r{rank}']], 'the ranks are checked with the sink’s own options')
  stream.write(record(3))
  stream.end()
  await once(stream, 'close')
  t.strictSame(runs[0]?.steps, [3])
})

t.test('a target of a rank that is gated out takes no record', async (t) => {
  const { sink, runs } = memorySink()
  const stream = sink.target({ rank: as(1) })
  stream.write(record(3))
  stream.end()
  await once(stream, 'close')
  t.strictSame(runs[0]?.steps, [])
})

t.test('a target ends its run with the exit code that rankLogger stores', async (t) => {
  const { sink, runs } = memorySink()
  const exitCode = new SharedArrayBuffer(4)
  new Int32Array(exitCode)[0] = 3
  const stream = sink.target({ rank: as(0), gate: false, exitCode })
  stream.end(record(0))
  await once(stream, 'close')
  t.match(runs[0]?.end, { status: 'failed', exitCode: 3 })
})

t.test('a stream knows its rank, and takes no options of the gate', async (t) => {
  const { sink, opened, checked } = memorySink()
  const stream = sink.stream({ rank: as(2), path: 'r{rank}' })
  t.equal(opened[0]?.path, 'r2')
  t.throws(() => sink.stream({ rank: as(2), ranks: '*' } as object), { code: 'OPTION_UNKNOWN' })
  const { ranks, others, exit, check, checkRanks } = Reflect.get(stream, declarationKey) as SinkDeclaration
  t.strictSame([ranks, others, exit, check], ['0', 'silent', true, undefined])
  checkRanks?.('1-', as(2) as never, {} as never)
  t.strictSame(checked, [['1-', 'r{rank}']], 'its declaration checks the ranks with the stream’s own options')
  stream.end()
  await once(stream, 'close')
})

t.test('options of every metric sink are checked', (t) => {
  const { rank } = memorySink()
  const invalid: object[] = [{ flushMs: 0 }, { queueBytes: 1 }, { nestedKey: '' }]
  for (const options of invalid)
    t.throws(() => rank.check?.(options, as(0) as never), { code: 'OPTION_INVALID' }, JSON.stringify(options))
  t.throws(() => rank.check?.({ flushMS: 1 } as object, as(0) as never), { code: 'OPTION_UNKNOWN' })
  t.end()
})
