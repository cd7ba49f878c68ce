import { type Estimate, estimate, fitLine, median } from '../stats/index.ts'
import { longerStall, minRounds } from './cells.ts'
import { noLogging } from './modes.ts'
import type { Cell, Round } from './result.ts'

/** A size that a cost may grow with. */
export type Size = 'ranks' | 'linesPerStep' | 'lineBytes'

/** How much a cost of a mode grows with a size: the slope of a straight line. */
export interface Slope {
  mode: string
  /** Cost of each further rank, line or byte, in ms: the median of the slopes of the rounds, with its 95 % interval. */
  perUnit: Estimate
  /** True if the interval is above 0. */
  isShown: boolean
  /** True if a straight line fits, so that each further unit adds about the same. */
  isEven: boolean
}

/** Minimum number of sizes. A straight line always fits fewer points. */
const minSizes = 3

/** Minimum coefficient of determination (R²) for even growth. */
const evenR2 = 0.9

/**
 * Fits a straight line to the cost of a mode against one size. Against ranks, the cost is the p99 of a step minus that of no
 * logging in the same round, because more ranks wait longer even without logging. Against lines and bytes, it is the time in
 * the log calls of a step.
 *
 * @param cells cells of one disk whose other sizes are the same
 * @returns undefined if there are too few sizes or rounds
 */
export function slopeOf(cells: readonly Cell[], mode: string, size: Size): Slope | undefined {
  const points = cells.flatMap((cell) => {
    const costs = cell.mode === mode ? costsOf(cell, cells, size) : []
    return costs.length > 0 ? [{ at: cell[size], costs }] : []
  })
  const rounds = Math.min(...points.map(({ costs }) => costs.length))
  if (new Set(points.map(({ at }) => at)).size < minSizes || rounds < minRounds) return undefined
  const slopes = Array.from(
    { length: rounds },
    (_, round) => fitLine(points.map(({ at, costs }) => [at, costs[round] as number])).slope,
  )
  const perUnit = estimate(slopes)
  const { r2 } = fitLine(points.map(({ at, costs }) => [at, median(costs)]))
  return { mode, perUnit, isShown: perUnit.low > 0, isEven: r2 >= evenR2 }
}

/** Returns the cost in each round; none if there is no run of no logging to compare with. */
function costsOf(cell: Cell, cells: readonly Cell[], size: Size): number[] {
  if (size !== 'ranks') return cell.rounds.map(longerStall)
  const base = cells.find(({ mode, ranks }) => mode === noLogging && ranks === cell.ranks)
  const differenceTo = (idle: Round | undefined, { p99 }: Round) => (idle ? [p99 - idle.p99] : [])
  return cell.rounds.flatMap((round, at) => differenceTo(base?.rounds[at], round))
}
