import t from 'tap'
import { together } from './run-job.ts'
import type { StepsSample } from './steps-rank.ts'

const idle: StepsSample = {
  step: [],
  calls: [],
  logged: 0,
  stepping: 1,
  maxCallMs: 0,
  wall: 0,
  cpu: 0,
  threads: 1,
  rss: 1,
}

t.test('the figures of a job come from the steps of all ranks', async (t) => {
  const rank0 = {
    ...idle,
    step: [1, 2, 9],
    calls: [0.1, 0.2, 0.3],
    logged: 600,
    stepping: 12,
    maxCallMs: 0.25,
    wall: 15,
    cpu: 8,
    threads: 12,
    rss: 60,
  }
  const rank1 = { ...idle, step: [4, 1, 1], calls: [0, 0, 0.003], wall: 20, cpu: 2, threads: 11, rss: 70 }
  const { p50, p99, max, slowest, ...rest } = together([rank0, rank1], 2)
  t.equal(p50, 1.5, 'of 1 1 1 2 4 9')
  t.ok(Math.abs(p99 - 8.75) < 1e-9, 'between the two longest')
  t.same({ max, slowest }, { max: 9, slowest: 4 }, 'of 4, 2, 9')
  t.ok(Math.abs(rest.callsOfRank0 - 200) < 1e-9)
  t.match(rest, { maxCallMs: 0.25, perSecond: 50_000, wall: 0.02, cpu: 2, threads: 12, rss: 70 })
})
