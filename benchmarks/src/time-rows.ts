import type { Compared } from './compared.ts'
import { judge } from './judge.ts'
import type { Table } from './table.ts'

/** A writer or encoder whose time is measured, and those that it is compared with. */
export interface TimedCell {
  name: string
  /** Divisor of the number of scalars. A slower rival gets fewer scalars. */
  fewer?: number
  /** The cells that it is compared with, each with the maximum ratio of the times. */
  comparedWith?: [TimedCell, max?: number][]
}

/** Returns a row for each comparison of a cell, or one row if it is compared with no other. */
export function timeRows(row: Compared<TimedCell, { wall: number }>, unit: string): Table['rows'] {
  const { name, comparedWith = [] } = row.cell
  const figures = { writer: name, [unit]: Math.round(1e9 / row.median('wall')), 'time ns': row.median('wall') }
  if (comparedWith.length === 0) return [{ ...figures, 'compared with': '', 'time ratio': null, goal: '' }]
  return comparedWith.map(([cell, max]) => {
    const found = row.ratio(cell, 'wall')
    return {
      ...figures,
      'compared with': cell.name === name ? 'itself (A/A)' : cell.name,
      'time ratio': found,
      goal: max !== undefined && found ? `≤ ${max.toFixed(3)}: ${judge(found, max)}` : '',
    }
  })
}
