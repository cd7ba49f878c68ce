import type { Estimate } from '../stats/index.ts'

/** What a place of a table holds; null, which is also what JSON makes of NaN, where there is nothing to say. */
export type Value = string | number | Estimate | null

/** A table as it lies in the JSON: rows by column name, columns in the order of the first row. */
export interface Table {
  title: string
  /** What the figures mean, for a reader who knows nothing else. */
  about: string
  rows: Record<string, Value>[]
  /** What must not be, and was found: the run then ends with exit 1. */
  failure?: string
}

/** The tables in Markdown, padded so that they read well in a terminal too; what several share is said once. */
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

/** Returns a value as text: `–` where there is nothing to say. */
export function renderValue(value: Value): string {
  if (value === null || Number.isNaN(value)) return '–'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return renderNumber(value)
  if (!isKnown(value.median)) return '–'
  const interval = isKnown(value.low) ? ` [${renderNumber(value.low)}, ${renderNumber(value.high)}]` : ''
  return `${renderNumber(value.median)}${interval}`
}

/** NaN is null where it was read from JSON. */
function isKnown(figure: number | null): boolean {
  return figure !== null && !Number.isNaN(figure)
}

/** Counts in full, all else with the digits that {@link shortNumber} keeps. */
function renderNumber(value: number): string {
  return shortNumber(value).toLocaleString('en', { maximumSignificantDigits: 21 })
}

/** Three digits that count, and all of an integer: more would be noise. */
export function shortNumber(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(3))
}
