import type { Cell, Round } from '../results/index.ts'
import { baseOf, type PlannedCell } from './cells.ts'

/**
 * Returns the cells that were measured. Subtracts from the barrier loss of each round the time of the barrier in the same
 * round without logging. Of a cell's timelines, only the one with the longest step remains.
 *
 * @param failed cells to leave out
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
