import type { Compared } from './compared.ts'
import { judge } from './judge.ts'
import type { Table } from './table.ts'

/** What is timed, and beside what. */
export interface TimedCell {
  name: string
  /** A rival is slower: so many times fewer scalars are enough. */
  fewer?: number
  /** What it is compared with, and at most how many times its time it should take. */
  beside?: [TimedCell, most?: number][]
}

/** A row for each comparison; what stands beside others only has one without. */
export function timeRows(row: Compared<TimedCell, { wall: number }>, unit: string): Table['rows'] {
  const { name, beside = [] } = row.cell
  const figures = { writer: name, [unit]: Math.round(1e9 / row.median('wall')), 'time ns': row.median('wall') }
  if (beside.length === 0) return [{ ...figures, beside: '', 'time ratio': null, goal: '' }]
  return beside.map(([cell, most]) => {
    const found = row.ratio(cell, 'wall')
    return {
      ...figures,
      beside: cell.name === name ? 'itself (A/A)' : cell.name,
      'time ratio': found,
      goal: most !== undefined && found ? `≤ ${most.toFixed(3)}: ${judge(found, most)}` : '',
    }
  })
}
