import type { Cell, Disk, Result, Round } from '../results/index.ts'
import { kindOf, type ModeKind } from '../results/index.ts'
import { median } from '../stats/index.ts'
import { isDrawn, kindOrder } from './kinds.ts'

/** A size that a cost is drawn against. */
export type Size = 'ranks' | 'linesPerStep' | 'lineBytes'

/** One mode's cost against a size. */
export interface Series {
  mode: string
  kind: ModeKind
  /** In ascending order of size: the values of all rounds, and their median. */
  points: { at: number; values: number[]; median: number }[]
}

/** The cost of modes against one size. The other two sizes are the same in all cells. */
export interface Scaling {
  disk: Disk
  fixed: Record<Exclude<Size, 'ranks'> | 'ranks', number>
  series: Series[]
}

const sizes: readonly Size[] = ['ranks', 'linesPerStep', 'lineBytes']

/**
 * Returns the cells of a disk that differ only in the mode and in one size. If there are several values of the other sizes,
 * takes those with the largest number of points, then the largest values. A cell without logging fits any number and size of
 * lines.
 *
 * @param cost returns the cost of a round; values that cannot be drawn on a log axis are left out
 * @returns undefined if no mode was measured at two sizes
 */
export function scalingOf(result: Result, disk: Disk, size: Size, cost: (round: Round) => number): Scaling | undefined {
  const cells = result.cells.filter((cell) => cell.disk === disk.name && cell.part !== 'control')
  const others = sizes.filter((name) => name !== size)
  const isLike = (cell: Cell, fixed: Cell) =>
    others.every((name) => cell[name] === fixed[name] || (kindOf(cell.mode) === 'none' && name !== 'ranks'))
  const candidates = cells
    .filter((cell) => kindOf(cell.mode) !== 'none')
    .map((fixed) => ({
      fixed,
      series: seriesOf(
        cells.filter((cell) => isLike(cell, fixed)),
        size,
        cost,
      ),
    }))
    .filter(({ series }) => series.some(({ kind }) => kind !== 'none'))
  const count = ({ series }: { series: Series[] }) => series.reduce((sum, { points }) => sum + points.length, 0)
  const volume = ({ fixed }: { fixed: Cell }) => others.reduce((product, name) => product * fixed[name], 1)
  const best = candidates.toSorted((a, b) => count(b) - count(a) || volume(b) - volume(a))[0]
  if (best === undefined) return undefined
  const { ranks, linesPerStep, lineBytes } = best.fixed
  return { disk, fixed: { ranks, linesPerStep, lineBytes }, series: best.series }
}

/** Returns the modes that have at least two points. */
function seriesOf(cells: readonly Cell[], size: Size, cost: (round: Round) => number): Series[] {
  const modes = [...new Set(cells.map(({ mode }) => mode))]
  return modes
    .map((mode) => {
      const own = cells.filter((cell) => cell.mode === mode)
      const places = [...new Set(own.map((cell) => cell[size]))].sort((a, b) => a - b)
      const points = places.flatMap((at) => {
        const values = own.filter((cell) => cell[size] === at).flatMap(({ rounds }) => rounds.map(cost).filter(isDrawn))
        return values.length > 0 && at > 0 ? [{ at, values, median: median(values) }] : []
      })
      return { mode, kind: kindOf(mode), points }
    })
    .filter(({ points }) => points.length > 1)
    .sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind))
}
