import type { Cell, Round } from '../results/index.ts'
import { cellOf } from '../results/result.test-kit.ts'

/** Returns a cell whose rounds have these figures. All else is as in `cellOf`: 8 ranks, 100 lines of 300 B a step, the given disk. */
export function cellWith(mode: string, rounds: readonly Partial<Round>[], more: Partial<Cell> = {}): Cell {
  const [usual] = cellOf(mode, 6).rounds as [Round]
  return { ...cellOf(mode, 6), ...more, rounds: rounds.map((figures) => ({ ...usual, ...figures })) }
}
