import t from 'tap'
import type { PlannedCell } from './cells.ts'
import { Progress } from './progress.ts'

const cell: PlannedCell = {
  disk: 'given',
  mode: 'gated',
  ranks: 4,
  linesPerStep: 10,
  lineBytes: 300,
  part: 'modes',
  stepMs: 5,
}

/** Jobs of 1000 ms and 50 ms for each rank by plan, and what was said about them. */
function planned(cells: readonly PlannedCell[], rounds: number) {
  const plans: [totalMs: number, jobs: number][] = []
  const jobs: [text: string, doneMs: number, totalMs: number][] = []
  const clock = { now: 7000 }
  const events = {
    onPlan: (...plan: [number, number]) => plans.push(plan),
    onCell: (...job: [string, number, number]) => jobs.push(job),
    signal: new AbortController().signal,
  }
  const progress = new Progress(events, cells, rounds, 1000, 50, () => clock.now)
  const take = (cell: PlannedCell, ms: number) => {
    progress.begin(cell)
    clock.now += ms
  }
  return { plans, jobs, take }
}

t.test('a run is planned from the time of a rank’s start', async (t) => {
  const [four, one] = [cell, { ...cell, ranks: 1 }]
  const { plans, jobs, take } = planned([four, one], 2)
  t.same(plans, [[2 * (1200 + 1050), 4]])
  take(four, 1200)
  take(one, 1050)
  take(four, 1200)
  t.same(jobs, [
    ['1/4 given: gated, 4 ranks × 10 lines of 300 B', 0, 4500],
    ['2/4 given: gated, 1 rank × 10 lines of 300 B', 1200, 4500],
    ['3/4 given: gated, 4 ranks × 10 lines of 300 B', 2250, 4500],
  ])
  t.equal(plans.length, 1, 'a plan that holds is not said again')
})

t.test('a job is expected to take as long as the cell’s last ones, or else as those of its mode', async (t) => {
  const [fast, slow] = [cell, { ...cell, mode: 'fsync' }]
  const slowAlone = { ...slow, ranks: 1 }
  const { plans, jobs, take } = planned([fast, slow, slowAlone], 3)
  const totals = () => jobs.map(([, , totalMs]) => Math.round(totalMs))
  take(fast, 1200)
  take(slow, 12_000)
  take(slowAlone, 21_000)
  t.same(totals(), [10_350, 10_350, 3 * (1200 + 12_000 + 10_500)], 'a mode that takes 10 times as long')
  take(fast, 1200)
  t.same(totals().at(-1), 3 * (1200 + 12_000 + 21_000), 'a cell that takes 20 times as long')
  t.same(plans.at(-1), [3 * (1200 + 12_000 + 21_000), 9], 'said once, after the first round')
  take(slow, 18_000)
  take(slowAlone, 21_000)
  t.equal(totals().at(-1), 1200 * 3 + 30_000 + 15_000 + 21_000 * 3, 'the mean of what a cell took')
  t.equal(plans.length, 2)
})
