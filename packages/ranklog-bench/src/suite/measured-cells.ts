import type { Cell, Round } from '../results/index.ts'
import { baseOf, type PlannedCell } from './cells.ts'

/**
 * Returns the cells that were measured. The barrier loss of a round becomes what the barrier takes beyond that of the same round without
 * logging. Of the timelines that with the longest step is kept.
 *
 * @param failed cells that are left out
 */
export function measuredCells(
  cells: readonly PlannedCell[],
  samples: ReadonlyMap<PlannedCell, (Round | undefined)[]>,
  failed: ReadonlyMap<PlannedCell, string>,
): Cell[] {
  const roundsOf = (cell: PlannedCell) => (samples.get(cell) ?? []).filter((round) => round !== undefined)
  return cells
    .filter((cell) => !failed.has(cell))
    .map((cell) => {
      const base = roundsOf(baseOf(cell, cells) ?? cell)
      const rounds = roundsOf(cell)
      const longest = Math.max(...rounds.map(({ max }) => max))
      const { stepMs, ...rest } = cell
      return {
        ...rest,
        rounds: rounds.map(({ timeline, ...round }, at) => {
          const barrierLoss = round.barrierLoss - (base[at]?.barrierLoss ?? 0)
          return { ...round, barrierLoss, ...(timeline && round.max === longest && { timeline }) }
        }),
      }
    })
}
