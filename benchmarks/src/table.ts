import type { Table, Value } from '../../packages/ranklog-bench/dist/results/table.js'

export { renderTables, renderValue, shortNumber } from '../../packages/ranklog-bench/dist/results/table.js'
export type { Table, Value }

/** Returns the table of a smoke run, whose figures mean nothing: medians without intervals, and no verdicts on goals. */
export function withoutClaims({ rows, ...table }: Table): Table {
  const medianOf = (value: Value) => (value !== null && typeof value === 'object' ? value.median : value)
  const plain = (row: Table['rows'][number]) =>
    Object.entries(row).flatMap(([column, value]) => (column === 'goal' ? [] : [[column, medianOf(value)] as const]))
  return { ...table, rows: rows.map((row) => Object.fromEntries(plain(row))) }
}
