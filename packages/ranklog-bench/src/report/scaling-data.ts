import type { Cell, Disk, Result, Round } from '../results/index.ts'
import { kindOf, type ModeKind } from '../results/index.ts'
import { median } from '../stats/index.ts'
import { isDrawn, kindOrder } from './kinds.ts'

/** What a cost is drawn against. */
export type Size = 'ranks' | 'linesPerStep' | 'lineBytes'

/** One mode's cost against a size. */
export interface Series {
  mode: string
  kind: ModeKind
  /** By size, ascending: the value of each round, and their median. */
  points: { at: number; values: number[]; median: number }[]
}

/** The cost of modes against one size, while the other two stay as they are. */
export interface Scaling {
  disk: Disk
  fixed: Record<Exclude<Size, 'ranks'> | 'ranks', number>
  series: Series[]
}

const sizes: readonly Size[] = ['ranks', 'linesPerStep', 'lineBytes']

/**
 * Returns the cells of a disk that differ in one size and the mode only: of the other sizes those with which most were measured, then
 * the largest. The cell without a log call has no lines, so it belongs to all of them.
 *
 * @param cost what is drawn, of one round; values that have no place on a log axis are left out
 * @returns undefined: no mode was measured at two sizes
 */
export function scalingOf(result: Result, disk: Disk, size: Size, cost: (round: Round) => number): Scaling | undefined {
  const cells = result.cells.filter((cell) => cell.disk === disk.name && cell.part !== 'control')
  const others = sizes.filter((name) => name !== size)
  const isLike = (cell: Cell, fixed: Cell) =>
    others.every((name) => cell[name] === fixed[name] || (kindOf(cell.mode) === 'none' && name !== 'ranks'))
  const found = cells
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
  const best = found.toSorted((a, b) => count(b) - count(a) || volume(b) - volume(a))[0]
  if (best === undefined) return undefined
  const { ranks, linesPerStep, lineBytes } = best.fixed
  return { disk, fixed: { ranks, linesPerStep, lineBytes }, series: best.series }
}

/** Returns the modes that have two points or more. */
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
