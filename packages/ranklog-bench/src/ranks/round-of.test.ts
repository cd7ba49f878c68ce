import t from 'tap'
import type { RankReport } from './rank-job.ts'
import { roundOf } from './round-of.ts'

function report(steps: number[], stall: number[], rest: Partial<RankReport> = {}): RankReport {
  const step = Float64Array.from(steps)
  return {
    start: step.map((_, at) => 1000 + steps.slice(0, at).reduce((a, b) => a + b, 0)),
    work: step.map(() => 1),
    stall: Float64Array.from(stall),
    barrier: step.map((time, at) => time - 1 - (stall[at] as number)),
    step,
    longestCall: 0.5,
    allSteps: 2 * steps.length,
    wallMs: 100,
    writeCalls: 10,
    contextSwitches: 4,
    cpuMs: 8,
    rss: 60,
    ...rest,
  }
}

const disk = { bytes: 900, torn: 1, twice: 2, messages: [] }

t.test('the figures of a job are computed over the steps of all ranks', async (t) => {
  const rank0 = report([2, 2, 3, 9], [0.5, 0.5, 0.5, 2.5], { longestCall: 2, rss: 70 })
  const others = [report([2, 2, 3, 9], [0, 0, 0, 0]), report([2, 2, 4, 9], [0.4, 0.4, 0.4, 0.4], { wallMs: 200 })]
  const round = roundOf({ reports: [rank0, ...others], logged: 24, found: 20, ...disk }, 2000)
  t.match(round, {
    steps: 4,
    p50: 2.5,
    max: 9,
    stallRank0: 1,
    longestCall: 2,
    rss: 70,
    writeCalls: 30,
    contextSwitches: 12,
  })
  t.match(round, { logged: 24, found: 20, lost: 4, torn: 1, twice: 2, bytes: 900, cpu: 6 })
  t.equal(round.linesPerSecond, 50, 'half of the 20 lines are of reported steps, which took 0.2 s')
  t.ok(Math.abs((round.stallOthers as number) - 0.2) < 1e-12)
  t.ok(Math.abs(round.barrierLoss - (2 + 3 + 2.85) / 3) < 1e-12)
  t.same(round.sample, [2, 2, 3, 9, 2, 2, 3, 9, 2, 2, 4, 9])
  t.same(round.timeline?.[0]?.[1], [2, 1, 0.5, 0.5])
})

t.test(
  'the stall of other ranks is null with one rank, and the write calls are null if the system does not count them',
  async (t) => {
    const round = roundOf({ reports: [report([2], [1], { writeCalls: null })], logged: 1, found: 1, ...disk }, 2000)
    t.match(round, { stallOthers: null, writeCalls: null })
  },
)

t.test(
  'a long job is reduced to a sample of its steps, and a timeline of the steps around its longest step',
  async (t) => {
    const steps = Array.from({ length: 9000 }, (_, at) => (at === 8995 ? 50 : 1 + at / 10_000))
    const round = roundOf(
      {
        reports: [
          report(
            steps,
            steps.map(() => 0),
          ),
        ],
        logged: 0,
        found: 0,
        ...disk,
      },
      2000,
    )
    t.equal(round.sample.length, 2000)
    t.equal(round.timeline?.[0]?.length, 40)
    t.equal(round.timeline?.[0]?.[35]?.[3], 49)
  },
)
