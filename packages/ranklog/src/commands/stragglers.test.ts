import t from 'tap'
import { type SimulatedJob, simulateJob } from './simulated-job.test-kit.ts'
import { compareSteps } from './stragglers.ts'

type Job = Omit<SimulatedJob, 'seed'>

const seeds = Array.from({ length: 25 }, (_, seed) => 1000 + seed)
const equal = (ranks: number, ms: number) => Array.from({ length: ranks }, () => ms)

/** Returns the straggling ranks of a job. Jobs with different seeds must have the same, otherwise it returns several texts. */
function stragglersOf(job: Job): string[] {
  const found = seeds.map((seed) => {
    const compared = compareSteps(simulateJob({ ...job, seed }))
    return compared.flatMap(({ isStraggler }, rank) => (isStraggler ? [rank] : [])).join()
  })
  return [...new Set(found)]
}

const jobs: [what: string, job: Job, stragglers: string][] = [
  ['waits, one slow', { computeMs: [900, 900, 1300, 900], deviationMs: 30, doWait: true, steps: 60 }, '2'],
  ['waits, one slow, very regular', { computeMs: [100, 100, 160], deviationMs: 1, doWait: true, steps: 200 }, '2'],
  [
    'waits, one slow, no deviation at all',
    { computeMs: [100, 100, 160], deviationMs: 0, doWait: true, steps: 200 },
    '2',
  ],
  ['waits, one slow, irregular', { computeMs: [900, 900, 1300, 900], deviationMs: 150, doWait: true, steps: 200 }, '2'],
  ['waits, one of 64 slow', { computeMs: [1500, ...equal(63, 1000)], deviationMs: 40, doWait: true, steps: 60 }, '0'],
  ['waits, one of two slow', { computeMs: [500, 800], deviationMs: 20, doWait: true, steps: 60 }, '1'],
  [
    'waits, logs every tenth step',
    { computeMs: [500, 800, 500], deviationMs: 20, doWait: true, steps: 1000, every: 10 },
    '1',
  ],
  [
    'waits, the first rank pauses at times',
    { computeMs: [500, 800, 500], deviationMs: 20, doWait: true, steps: 200, pauseMs: 5000 },
    '1',
  ],
  ['waits, all equal', { computeMs: equal(4, 1000), deviationMs: 30, doWait: true, steps: 60 }, ''],
  ['waits, all equal, irregular', { computeMs: equal(16, 1000), deviationMs: 150, doWait: true, steps: 200 }, ''],
  [
    'does not wait, all equal, some start later',
    {
      computeMs: equal(4, 100),
      deviationMs: 3,
      doWait: false,
      steps: 100,
      startMs: [0, 900, 60, 350],
      isRunning: true,
    },
    '',
  ],
  [
    'does not wait, all equal, some start later by a part of a step',
    {
      computeMs: equal(4, 1000),
      deviationMs: 30,
      doWait: false,
      steps: 60,
      startMs: [0, 250, 600, 100],
      isRunning: true,
    },
    '',
  ],
  [
    'does not wait, two equal ranks, one starts later by a part of a step',
    { computeMs: equal(2, 100), deviationMs: 2, doWait: false, steps: 100, startMs: [0, 70], isRunning: true },
    '',
  ],
  [
    'does not wait, all equal and irregular',
    { computeMs: equal(8, 1000), deviationMs: 200, doWait: false, steps: 200, isRunning: true },
    '',
  ],
  [
    'does not wait, all equal, logs every tenth step',
    {
      computeMs: equal(4, 100),
      deviationMs: 5,
      doWait: false,
      steps: 2000,
      every: 10,
      startMs: [0, 80],
      isRunning: true,
    },
    '',
  ],
  [
    'does not wait, all equal, all have ended',
    { computeMs: equal(4, 100), deviationMs: 3, doWait: false, steps: 100, startMs: [0, 900, 60, 350] },
    '',
  ],
  [
    'does not wait, one slow',
    { computeMs: [100, 150, 100], deviationMs: 3, doWait: false, steps: 100, isRunning: true },
    '1',
  ],
]

for (const [what, job, stragglers] of jobs) {
  t.test(
    `a job that ${what}: ${stragglers === '' ? 'no rank straggles' : `rank ${stragglers} straggles`}`,
    async (t) => {
      t.strictSame(stragglersOf(job), [stragglers])
    },
  )
}

t.test('a rank that has stopped while others continue straggles', async (t) => {
  for (const doWait of [true, false]) {
    const [first, second, third] = simulateJob({ computeMs: equal(3, 500), deviationMs: 5, doWait, steps: 50, seed: 1 })
    const steps = new Map([...(third?.steps ?? [])].filter(([step]) => step < 45))
    const compared = compareSteps([first, second, { step: 44, steps }] as never)
    t.same(
      compared.map(({ isStraggler }) => isStraggler),
      [false, false, true],
      `wait: ${doWait}`,
    )
  }
})

t.test('with few steps, one rank or no steps, no rank straggles', async (t) => {
  t.same(compareSteps([]), [])
  const none = { step: undefined, steps: new Map() }
  const one = { step: 3, steps: new Map([[3, 1000]]) }
  t.match(compareSteps([none]), [{ isStraggler: false, behind: undefined, lagMs: undefined }])
  t.match(compareSteps([one, none]), [{ isStraggler: false, behind: 0, lagMs: 0 }, { isStraggler: false }])
  const late = { step: 3, steps: new Map([[3, 1200]]) }
  t.match(
    compareSteps([one, late]),
    [{ isStraggler: false }, { isStraggler: false, lagMs: 200 }],
    'one step is not enough',
  )
})
