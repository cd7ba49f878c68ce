import type { Compared } from './compared.ts'
import { judge } from './judge.ts'
import type { Table } from './table.ts'

/** What is timed, and what it is compared with. */
export interface TimedCell {
  name: string
  /** A rival is slower: so many times fewer scalars are enough. */
  fewer?: number
  /** What it is compared with, and at most how many times its time it should take. */
  comparedWith?: [TimedCell, most?: number][]
}

/** A row for each comparison; a cell that is compared with nothing has one row. */
export function timeRows(row: Compared<TimedCell, { wall: number }>, unit: string): Table['rows'] {
  const { name, comparedWith = [] } = row.cell
  const figures = { writer: name, [unit]: Math.round(1e9 / row.median('wall')), 'time ns': row.median('wall') }
  if (comparedWith.length === 0) return [{ ...figures, 'compared with': '', 'time ratio': null, goal: '' }]
  return comparedWith.map(([cell, most]) => {
    const found = row.ratio(cell, 'wall')
    return {
      ...figures,
      'compared with': cell.name === name ? 'itself (A/A)' : cell.name,
      'time ratio': found,
      goal: most !== undefined && found ? `≤ ${most.toFixed(3)}: ${judge(found, most)}` : '',
    }
  })
}
