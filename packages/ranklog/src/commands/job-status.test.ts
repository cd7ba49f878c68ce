import t from 'tap'
import { jobStatus } from './job-status.ts'
import type { RankTail } from './rank-tail.ts'

const now = 1_700_000_100_000

interface Given extends Partial<Omit<RankTail, 'processState'>> {
  process?: ReturnType<RankTail['processState']>
}

/** Returns the tail of a rank that logs a step each second, the last one at `now`. */
function tailOf({ process = 'running', ...changes }: Given = {}): RankTail {
  const steps = new Map([0, 1, 2, 3].map((step) => [step, now - 3000 + 1000 * step]))
  const rest = { host: undefined, attempt: undefined, drops: undefined, exit: undefined, errors: 0, torn: 0 }
  return { label: '0', time: now, step: 3, steps, ...rest, processState: () => process, ...changes } as RankTail
}

/** Returns the tail of a rank that logged its last record some time ago. */
const silent = (ms: number, changes: Given = {}) =>
  tailOf({
    time: now - ms,
    steps: new Map([0, 1, 2, 3].map((step) => [step, now - ms - 3000 + 1000 * step])),
    ...changes,
  })

t.test('the status has the fields that are known', async (t) => {
  const [rank] = jobStatus(
    [tailOf({ label: '7', host: 'a', attempt: 2, drops: 4, errors: 5, torn: 6, time: now - 1234 })],
    now,
  )
  t.strictSame(rank, {
    rank: '7',
    host: 'a',
    attempt: 2,
    step: 3,
    time: '2023-11-14T22:14:58.766Z',
    ageSeconds: 1.23,
    stepsPerSecond: 1,
    lagMs: 0,
    behind: 0,
    errors: 5,
    torn: 6,
    gaps: 0,
    drops: 4,
    state: 'runs',
  })
})

t.test('fields that are not known are left out', async (t) => {
  const [rank] = jobStatus([tailOf({ time: undefined, step: undefined, steps: new Map() })], now)
  t.strictSame(rank, { rank: '0', errors: 0, torn: 0, gaps: 0, state: 'no step' })
  const [once] = jobStatus([tailOf({ step: 0, steps: new Map([[0, now]]) })], now)
  t.notOk(once && 'stepsPerSecond' in once, 'one step has no rate')
  const [same] = jobStatus([tailOf({ step: 1, steps: new Map([[0, now], [1, now]]) })], now) // biome-ignore format: a line
  t.notOk(same && 'stepsPerSecond' in same, 'nor have steps of the same time')
})

t.test('the state of a rank follows from its process, its silence and the other ranks', async (t) => {
  const gone = { process: 'gone' } as const
  const unseen = { process: 'unknown' } as const
  const cases: [name: string, tails: RankTail[], states: string[]][] = [
    ['both log', [tailOf(), tailOf()], ['runs', 'runs']],
    ['one is gone', [tailOf(gone), tailOf()], ['ended', 'runs']],
    ['quiet for less than 10 s', [silent(10_000), tailOf()], ['runs', 'runs']],
    ['quiet for longer, its process runs', [silent(10_001), silent(10_001)], ['silent', 'silent']],
    ['quiet, not seen, the other runs', [silent(20_000, unseen), tailOf()], ['silent', 'runs']],
    ['quiet, not seen, the other logs and is not seen', [silent(20_000, unseen), tailOf(unseen)], ['silent', 'runs']],
    ['quiet, not seen, the other is gone', [silent(20_000, unseen), tailOf(gone)], ['unknown', 'ended']],
    ['all quiet and not seen', [silent(20_000, unseen), silent(20_000, unseen)], ['unknown', 'unknown']],
    ['quiet and gone', [silent(20_000, gone)], ['ended']],
    ['no record yet, not seen', [tailOf({ ...unseen, time: undefined }), silent(20_000, unseen)], ['runs', 'unknown']],
  ]
  for (const [name, tails, states] of cases)
    t.strictSame(
      jobStatus(tails, now).map(({ state, behind: _ }) => state),
      states,
      name,
    )
})

t.test('a rank with long steps, or that logs few of them, is silent only after several of them', async (t) => {
  const every =
    (ms: number, apart = 1) =>
    (ago: number) => {
      const steps = new Map([0, 1, 2, 3].map((n) => [n * apart, now - ago - (3 - n) * ms * apart]))
      return jobStatus([tailOf({ time: now - ago, step: 3 * apart, steps })], now)[0]?.state
    }
  const longSteps = every(5000)
  t.strictSame([longSteps(50_000), longSteps(50_001)], ['runs', 'silent'], 'ten steps')
  const fewSteps = every(100, 100)
  t.strictSame([fewSteps(30_000), fewSteps(30_001)], ['runs', 'silent'], 'three of its intervals')
})

t.test('the exit of a rank that has ended is shown, or unknown', async (t) => {
  const exits = [3, 'SIGKILL', undefined].map((exit) => jobStatus([tailOf({ process: 'gone', exit })], now)[0]?.exit)
  t.strictSame(exits, [3, 'SIGKILL', 'unknown'])
  t.notOk('exit' in (jobStatus([tailOf({ exit: 0 })], now)[0] ?? {}), 'a rank that runs has none')
})

t.test('a gap is a step within a rank’s steps that more than half of the ranks logged', async (t) => {
  const of = (...steps: number[]) =>
    tailOf({ steps: new Map(steps.map((step) => [step, now - 1000 * (9 - step)])), step: steps.at(-1) })
  const gaps = (...tails: RankTail[]) => jobStatus(tails, now).map(({ gaps }) => gaps)
  t.strictSame(gaps(of(1, 2, 3, 4), of(1, 4), of(1, 2, 3, 4)), [0, 2, 0])
  t.strictSame(gaps(of(1, 2, 3, 4), of(2, 3), of(1, 2, 3, 4)), [0, 0, 0], 'steps before and after its own are none')
  t.strictSame(gaps(of(1, 2, 3), of(1, 3)), [0, 0], 'half of the ranks is not enough')
})
