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

t.test('a run is planned from the time of a rank’s start, and the estimate follows the clock', async (t) => {
  const plans: number[][] = []
  const cells: [string, number, number][] = []
  const progress = new Progress(
    {
      onPlan: (totalMs, jobs) => plans.push([totalMs, jobs]),
      onCell: (...event) => cells.push(event),
      signal: new AbortController().signal,
    },
    [cell, { ...cell, ranks: 1 }],
    2,
    1000,
    50,
  )
  t.same(plans, [[2 * (1200 + 1050), 4]])
  progress.begin(cell)
  progress.begin({ ...cell, ranks: 1 })
  const [first, second] = cells as [[string, number, number], [string, number, number]]
  t.equal(first[0], '1/4 given: gated, 4 ranks × 10 lines of 300 B')
  t.equal(second[0], '2/4 given: gated, 1 rank × 10 lines of 300 B')
  t.equal(first[2] - first[1], 4500, 'all is to come')
  t.ok(Math.abs(second[2] - (second[1] * 4500) / 1200) < 1e-6, 'as many ms for each planned one as the first job took')
})
