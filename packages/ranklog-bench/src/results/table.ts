import type { Estimate } from '../stats/index.ts'

/** The value of a table cell. Null is an empty cell; in JSON, NaN becomes null too. */
export type Value = string | number | Estimate | null

/** A table: rows with values by column name. The columns have the order of the first row. */
export interface Table {
  title: string
  /** What the figures mean, for a reader who sees only this table. */
  about: string
  rows: Record<string, Value>[]
  /** An error that the run found. The command then ends with exit code 1. */
  failure?: string
}

/** Renders tables in Markdown, with aligned columns for a terminal. A note that several tables share is printed once. */
export function renderTables(tables: readonly Table[], heading = '###'): string {
  const isNew = ({ about }: Table, i: number) => tables.findIndex((table) => table.about === about) === i
  return tables
    .map((table, i) =>
      [`${heading} ${table.title}`, ...(isNew(table, i) ? [table.about] : []), renderRows(table.rows)].join('\n\n'),
    )
    .join('\n\n')
}

function renderRows(rows: Table['rows']): string {
  if (rows.length === 0) return 'No figures.'
  const columns = Object.keys(rows[0] ?? {})
  const texts = rows.map((row) => columns.map((column) => renderValue(row[column] ?? null)))
  const widths = columns.map((column, i) => Math.max(column.length, ...texts.map((text) => text[i]?.length ?? 0)))
  const left = columns.map((column) => rows.every((row) => typeof row[column] === 'string'))
  const pad = (text: string, i: number) => (left[i] ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))
  const line = (cells: string[]) => `| ${cells.map(pad).join(' | ')} |`
  const rule = widths.map((width, i) => (left[i] ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [line(columns), line(rule), ...texts.map(line)].join('\n')
}

/** Returns a value as text: `–` for an empty cell. */
export function renderValue(value: Value): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return renderNumber(value)
  if (!isKnown(value.median)) return '–'
  const interval = isKnown(value.low) ? ` [${renderNumber(value.low)}, ${renderNumber(value.high)}]` : ''
  return `${renderNumber(value.median)}${interval}`
}

/** Reports whether a figure is known. NaN becomes null when it is read from JSON. */
function isKnown(figure: number | null): boolean {
  return figure !== null && !Number.isNaN(figure)
}

/** Returns a number as text: a whole number with all digits, others rounded by {@link shortNumber}. */
function renderNumber(value: number): string {
  return shortNumber(value).toLocaleString('en', { maximumSignificantDigits: 21 })
}

/** Rounds a number to three significant digits, because more would be noise. Does not round a whole number. */
export function shortNumber(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3))
}
