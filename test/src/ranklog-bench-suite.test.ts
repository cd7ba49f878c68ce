/** A run of ranklog-bench: its result is consistent, and no file of it remains. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { pidExists, readProcessStat } from 'pino-rank/process'
import { type Result, type Round, removeLeftovers, runContention, type SuiteOptions } from 'ranklog-bench'
import t, { type Test } from 'tap'
import { startProgram, type TestProcess } from './kit/start-process.ts'
import { until } from './kit/until.ts'

type Event = { plan?: { totalMs: number; cells: number }; cell?: { text: string }; result?: Result; error?: string }

const short = {
  ranks: [2],
  lines: [20],
  lineBytes: [200],
  durationMs: 200,
  rounds: 2,
  modes: ['pino/file to one file', 'gated', 'no-op sink'],
  disks: ['given'],
  spin: false,
  scaling: false,
} satisfies Partial<SuiteOptions>

function start(t: Test, options: Partial<SuiteOptions>): { program: TestProcess; dir: string } {
  const dir = t.testdir()
  const all: SuiteOptions = { ...short, dir, ...options }
  const program = startProgram(t, new URL('./programs/bench-suite.js', import.meta.url), [JSON.stringify(all)])
  return { program, dir }
}

async function finish(program: TestProcess): Promise<Event[]> {
  const events: Event[] = []
  do events.push(await program.nextMessage<Event>())
  while (!events.at(-1)?.result && !events.at(-1)?.error)
  return events
}

async function untilFirstCell(program: TestProcess): Promise<void> {
  let event: Event
  do event = await program.nextMessage<Event>()
  while (!event.cell)
}

function isMounted(dir: string): boolean {
  return existsSync('/proc/self/mounts') && readFileSync('/proc/self/mounts', 'utf8').includes(dir)
}

t.test('the result of a short run on a tmpfs is consistent', async (t) => {
  const { program, dir } = start(t, { disks: ['tmpfs'] })
  const events = await finish(program)
  const result = events.at(-1)?.result as Result
  t.equal(events.at(-1)?.error, undefined)
  t.match(events[0]?.plan, { cells: 2 * 5, totalMs: Number })
  t.equal(events.filter(({ cell }) => cell).length, 2 * 5)
  t.match(result, {
    format: 2,
    suite: 'contention',
    date: /^\d{4}-/,
    versions: { node: process.versions.node, pino: String },
  })
  t.match(result.disks, [{ name: 'tmpfs', fileSystem: 'tmpfs', bytesPerSecond: Number, fsyncMs: Number }])
  t.match(result.options, {
    leftOut: [],
    rates: [{ disk: 'tmpfs', ranks: 2 }],
    harness: [{ ranks: 2, overhead: Number }],
  })
  t.notOk('dir' in result.options, 'the folder may name the user')
  t.strictSame(
    result.cells.map(({ mode, part }) => [mode, part]),
    [
      ['no logging', 'modes'],
      ['pino/file to one file', 'modes'],
      ['gated', 'modes'],
      ['no-op sink', 'modes'],
      ['no logging', 'control'],
    ],
  )
  for (const { mode, ranks, linesPerStep, lineBytes, rounds } of result.cells) {
    t.equal(rounds.length, 2)
    t.same(
      rounds.flatMap(({ timeline }) => timeline?.length ?? []),
      [ranks],
      'one round has its timeline',
    )
    for (const round of rounds) checkRound(t, round, mode, ranks, linesPerStep * lineBytes)
  }
  t.same(readdirSync(dir), [], 'nothing is left')
})

function checkRound(t: Test, round: Round, mode: string, ranks: number, bytesPerStep: number): void {
  const { p50, p95, p99, max, sample, steps } = round
  t.ok(5 <= p50 && p50 <= p95 && p95 <= p99 && p99 <= max, `${mode}: ${p50} ${p95} ${p99} ${max}`)
  t.equal(sample.length, steps * ranks, 'a short job has all its steps in the sample')
  t.ok(Math.abs(Math.max(...sample) - max) < 1e-3)
  const below = sample.filter((ms) => ms <= p95 + 1e-3).length
  t.ok(below >= Math.floor(0.95 * (sample.length - 1)), 'p95 is a quantile of the sample')
  t.equal(round.found + round.lost, round.logged)
  t.same([round.torn, round.lost, round.twice], [0, 0, 0])
  const writers = mode === 'gated' ? 1 : mode === 'pino/file to one file' ? ranks : 0
  const warmUpSteps = round.bytes / (bytesPerStep * writers || 1) - (writers > 0 ? steps : 0)
  const isWarmUp =
    writers === 0 ? warmUpSteps === 0 : Number.isInteger(warmUpSteps) && warmUpSteps >= 5 && warmUpSteps <= 200
  t.ok(isWarmUp, `${warmUpSteps} steps of the warm-up are in the files, too`)
  for (const tuple of round.timeline?.flat() ?? []) t.equal(tuple.length, 4)
  if (process.platform === 'linux') t.equal(round.writeCalls === null, false)
}

t.test('Ctrl-C ends a run and removes its folders and mounts', async (t) => {
  const { program, dir } = start(t, { disks: ['given', 'tmpfs'], durationMs: 600_000 })
  await untilFirstCell(program)
  t.match(readdirSync(dir), [/^ranklog-bench-\d+-/])
  program.kill('SIGINT')
  t.equal((await finish(program)).at(-1)?.error, 'ranklog-bench: ended by SIGINT')
  t.match(await program.exit, { code: 0, stderr: '' })
  t.same(readdirSync(dir), [])
  t.notOk(isMounted(dir))
})

/** Waits for the ranks of a run, and returns their process ids. */
async function ranksOf(pid: number): Promise<number[]> {
  let ranks: number[] = []
  await until(() => {
    ranks = readdirSync('/proc')
      .map(Number)
      .filter((other) => Number.isInteger(other) && readProcessStat(other)?.parent === pid)
      .filter((other) => commandOf(other).includes('rank-program'))
    return ranks.length > 0
  })
  return ranks
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

t.test(
  'a mode that fails is reported in `failed`, and the other modes are measured',
  { skip: process.platform !== 'linux' },
  async (t) => {
    const { program } = start(t, { modes: ['gated', 'no-op sink'], rounds: 1, durationMs: 1000 })
    let event: Event
    do event = await program.nextMessage<Event>()
    while (!event.cell?.text.includes('gated'))
    process.kill((await ranksOf(program.pid))[0] as number, 'SIGKILL')
    const result = (await finish(program)).at(-1)?.result
    t.same(
      result?.cells.map(({ mode }) => mode),
      ['no logging', 'no-op sink', 'no logging'],
    )
    t.match(result?.failed, [
      { disk: 'given', mode: 'gated', ranks: 2, error: /rank [01] of 2 in "gated" ended by SIGKILL/ },
    ])
    t.notMatch(result?.noise.warnings.join(), /gated/, 'the failed mode does not count as noise')
  },
)

t.test('removeLeftovers removes the folder of a killed run, and not that of a running one', async (t) => {
  const { program, dir } = start(t, { disks: ['given', 'tmpfs', 'throttled'], durationMs: 600_000 })
  await untilFirstCell(program)
  t.same(removeLeftovers(dir), [], 'it still runs')
  program.kill()
  await program.exit
  const [left] = readdirSync(dir)
  const removed = removeLeftovers(dir)
  t.ok(removed.includes(`${dir}/${left}`), removed.join())
  t.same(readdirSync(dir), [])
  t.notOk(isMounted(dir))
  if (existsSync('/sys/block')) {
    const images = readdirSync('/sys/block').map((name) => `/sys/block/${name}/loop/backing_file`)
    t.same(
      images.filter((file) => existsSync(file) && readFileSync(file, 'utf8').includes(dir)),
      [],
    )
  }
  t.same(removeLeftovers(dir), [])
  t.notOk(pidExists(program.pid))
})

t.test('invalid options fail the run before its first job', async (t) => {
  for (const [options, error] of [
    [
      { dir: '/no/such/folder' },
      /^ranklog-bench: dir: expected a folder that exists, received "\/no\/such\/folder"; make it/,
    ],
    [{ modes: ['gate'] }, /^ranklog-bench: modes: expected names of: no logging, .*, received "gate"/],
    [{ ranks: [0] }, /^ranklog-bench: ranks: expected whole numbers from 1 to 256, received \[0\]/],
    [{ lineBytes: [50] }, /^ranklog-bench: lineBytes: expected whole numbers from 100 to /],
  ] as const) {
    const dir = t.testdir()
    const events = { onPlan() {}, onCell: () => t.fail('a job has begun'), signal: new AbortController().signal }
    await t.rejects(runContention({ ...short, dir, ...options } as SuiteOptions, events), { message: error })
    t.same(readdirSync(dir), [])
  }
})
