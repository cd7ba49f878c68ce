import t from 'tap'
import type { Round } from '../results/index.ts'
import type { PlannedCell } from './cells.ts'
import { measuredCells } from './measured-cells.ts'

const none: PlannedCell = {
  disk: 'given',
  mode: 'no logging',
  ranks: 2,
  linesPerStep: 10,
  lineBytes: 300,
  part: 'modes',
  stepMs: 5,
}
const gated = { ...none, mode: 'gated' }
const failing = { ...none, mode: 'split' }

const round = (barrierLoss: number, max: number) =>
  ({ barrierLoss, max, timeline: [[[0, 1, 2, 3]]] }) as unknown as Round

t.test(
  'the barrier time of no logging in the same round is subtracted, and only the timeline with the longest step remains',
  async (t) => {
    const samples = new Map([
      [none, [round(1, 9), round(2, 5)]],
      [gated, [round(1.5, 6), round(2.25, 8)]],
      [failing, [round(7, 1), undefined]],
    ])
    const [first, second, ...others] = measuredCells([none, gated, failing], samples, new Map([[failing, 'why']]))
    t.same(others, [], 'failed cells are left out')
    t.same(
      first?.rounds.map(({ barrierLoss }) => barrierLoss),
      [0, 0],
    )
    t.same(
      second?.rounds.map(({ barrierLoss }) => barrierLoss),
      [0.5, 0.25],
    )
    t.same(
      second?.rounds.map(({ timeline }) => timeline !== undefined),
      [false, true],
    )
  },
)
