import t from 'tap'
import { presentRuns, runsOf } from './job-runs.ts'
import type { RankTail } from './rank-tail.ts'

type State = ReturnType<RankTail['processState']>

/** Returns a log that was written from `start` to `end`, in s. */
function log(
  label: string,
  start: number,
  end: number,
  more: { key?: string; state?: State; exit?: number } = {},
): RankTail {
  const { key, state = 'unknown', exit } = more
  return {
    label,
    end: 1000 * end,
    startedBy: 1000 * (end - Math.min(5, end - start)),
    start: () => 1000 * start,
    processState: () => state,
    exit,
    manifest: key === undefined ? undefined : { runKey: key },
  } as RankTail
}

const labelsOf = (runs: ReturnType<typeof runsOf>) => runs.map(({ tails }) => tails.map(({ label }) => label).join(' '))

const cases: [what: string, logs: RankTail[], runs: string[], present: number][] = [
  ['logs of the same time are one run', [log('0', 0, 90), log('1', 1, 91)], ['0 1'], 1],
  [
    'a log that ended long before the others began is an earlier run',
    [log('0', 0, 10), log('1', 5000, 5090), log('2', 5001, 5090)],
    ['1 2', '0'],
    1,
  ],
  [
    'a rank that is silent for long belongs to the run in which it began',
    [log('0', 0, 10), log('1', 1, 5000)],
    ['0 1'],
    1,
  ],
  [
    'a rank that ended early belongs to the run in which it began',
    [log('0', 0, 10, { exit: 0, state: 'gone' }), log('1', 1, 5000)],
    ['0 1'],
    1,
  ],
  [
    'a log whose rank had ended before another began is an earlier run',
    [log('0', 0, 10, { exit: 0, state: 'gone' }), log('1', 11, 12, { state: 'running' })],
    ['1', '0'],
    1,
  ],
  [
    'a rank that still runs belongs to the latest run, although it logged long before the others began',
    [log('0', 0, 10, { state: 'running' }), log('1', 5000, 5090, { state: 'running' })],
    ['0 1'],
    1,
  ],
  [
    'a rank whose process cannot be seen belongs to the run that began within a minute after its last line',
    [log('0', 0, 10), log('1', 60, 90, { state: 'running' })],
    ['0 1'],
    1,
  ],
  [
    'logs with different run keys are different runs',
    [log('0', 0, 10, { key: 'a' }), log('1', 11, 12, { key: 'b' })],
    ['1', '0'],
    1,
  ],
  [
    'runs with different keys may be present at the same time',
    [log('0', 0, 90, { key: 'a' }), log('1', 1, 91, { key: 'b' })],
    ['1', '0'],
    2,
  ],
  [
    'a run key that is used again much later is another run',
    [log('0', 0, 10, { key: 'a' }), log('1', 5000, 5090, { key: 'a' }), log('2', 5000, 5080, { key: 'a' })],
    ['1 2', '0'],
    1,
  ],
  [
    'ranks of a short job, of which one ended before another began, are one run',
    [log('0', 0, 1, { key: 'a', exit: 0, state: 'gone' }), log('1', 4, 5, { key: 'a', exit: 0, state: 'gone' })],
    ['0 1'],
    1,
  ],
  [
    'a key that is used again soon after an exit is another run',
    [log('0', 0, 1, { key: 'a', exit: 0, state: 'gone' }), log('1', 20, 25, { key: 'a', exit: 0, state: 'gone' })],
    ['1', '0'],
    1,
  ],
  [
    'a log without a manifest belongs to the run of the same time',
    [log('0', 0, 90, { key: 'a' }), log('out', 1, 50)],
    ['0 out'],
    1,
  ],
  [
    'an old log without a manifest is an earlier run',
    [log('out', 0, 50), log('0', 5000, 5090, { key: 'a' })],
    ['0', 'out'],
    1,
  ],
  ['no logs are no runs', [], [], 0],
]

for (const [what, logs, runs, present] of cases) {
  t.test(what, async (t) => {
    const found = runsOf(logs)
    t.same(labelsOf(found), runs)
    t.same(labelsOf(presentRuns(found)), runs.slice(0, present))
  })
}
