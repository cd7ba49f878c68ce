import { escapeLine } from 'pino-rank/sink'
import type { Line } from '../cli/index.ts'
import { cutText, textWidth } from '../terminal/index.ts'
import type { RankStatus } from './job-status.ts'

interface Column {
  name: string
  of: (row: RankStatus) => string | number | undefined
  /** True to show the column only if at least one value is not 0. */
  isRare?: boolean
  /** The column may be cut to this width instead of being left out. */
  minWidth?: number
}

const columns: readonly Column[] = [
  { name: 'rank', of: ({ rank }) => rank },
  { name: 'state', of: ({ state }) => state },
  { name: 'step', of: ({ step }) => step },
  { name: 'behind', of: ({ behind }) => behind },
  { name: 'steps/s', of: ({ stepsPerSecond }) => stepsPerSecond },
  { name: 'lag ms', of: ({ lagMs }) => lagMs },
  { name: 'last', of: ({ ageSeconds }) => (ageSeconds === undefined ? undefined : ago(ageSeconds)) },
  { name: 'errors', of: ({ errors }) => errors },
  { name: 'torn', of: ({ torn }) => torn, isRare: true },
  { name: 'gaps', of: ({ gaps }) => gaps, isRare: true },
  { name: 'drops', of: ({ drops }) => drops, isRare: true },
  { name: 'exit', of: ({ exit }) => exit },
  { name: 'attempt', of: ({ attempt }) => attempt, isRare: true },
  { name: 'host', of: ({ host }) => host, minWidth: 8 },
]

/** The columns that are left out of a table that is too wide, in this order. */
const lessImportant = [
  'attempt',
  'drops',
  'gaps',
  'torn',
  'host',
  'exit',
  'lag ms',
  'steps/s',
  'behind',
  'errors',
  'last',
  'step',
]

const maxTextWidth = 24
const gap = '  '

const stateColors: Partial<Record<RankStatus['state'], string>> = {
  straggles: '\x1b[38;5;208m',
  silent: '\x1b[38;5;168m',
  unknown: '\x1b[38;5;168m',
}

export interface TableLayout {
  /** Width of the terminal. No line is longer. */
  columns: number
  colors: boolean
}

/**
 * Returns the ranks as a table, and the names of the columns that are left out because the terminal is too narrow. Columns
 * without any value are left out too, and not named.
 *
 * @param heading a line above the table
 */
export function statusTable(
  rows: readonly RankStatus[],
  heading: string | undefined,
  { columns: limit, colors }: TableLayout,
): { lines: Line[]; hidden: string[] } {
  const used = columns.filter(({ of, isRare }) => rows.some((row) => (isRare ? of(row) : of(row) !== undefined)))
  const all = used.map((column) => cellsOf(column, rows))
  const { shown, hidden } = fit(all, limit)
  const body = rows.map((row, at): Line => {
    const line = lineOf(
      shown.map(({ cells }) => cells[at] as string),
      shown,
    )
    return { text: cutText(line, limit), color: colors ? stateColors[row.state] : undefined }
  })
  const head = cutText(
    lineOf(
      shown.map(({ column }) => column.name),
      shown,
    ),
    limit,
  )
  const above = heading === undefined ? [] : [cutText(escapeLine(heading), limit)]
  return { lines: [...above, head, ...body], hidden }
}

interface Cells {
  column: Column
  cells: string[]
  width: number
}

function cellsOf(column: Column, rows: readonly RankStatus[]): Cells {
  const cells = rows.map((row) => cutText(cellText(column.of(row) ?? '–'), maxTextWidth, placeOfCut(column)))
  return { column, cells, width: widthOf(column, cells) }
}

function widthOf({ name }: Column, cells: readonly string[]): number {
  return cells.reduce((most, cell) => Math.max(most, textWidth(cell)), name.length)
}

/** Returns where a column's texts are cut: host names differ at their start, file names rather at their end. */
function placeOfCut({ name }: Column): 'end' | 'middle' {
  return name === 'host' ? 'end' : 'middle'
}

/** Returns a value as text in one line. Tabs are escaped too, because their width depends on the terminal. */
function cellText(value: string | number): string {
  return escapeLine(String(value)).replaceAll('\t', '\\t')
}

/** Cuts columns or leaves them out until a line fits. */
function fit(all: readonly Cells[], limit: number): { shown: Cells[]; hidden: string[] } {
  let shown = [...all]
  const excess = () => shown.reduce((sum, { width }) => sum + width + gap.length, -gap.length) - limit
  for (const name of lessImportant) {
    if (excess() <= 0) break
    shown = shown.map((cells) => cut(cells, cells.width - excess()))
    if (excess() > 0) shown = shown.filter(({ column }) => column.name !== name)
  }
  if (excess() > 0)
    shown = shown.map((cells, at) => (at === 0 ? cutTo(cells, Math.max(4, cells.width - excess())) : cells))
  const names = shown.map(({ column }) => column.name)
  return { shown, hidden: all.map(({ column }) => column.name).filter((name) => !names.includes(name)) }
}

/** Cuts the cells of a column to `width`, but not below its minimum width. A column without a minimum width is not cut. */
function cut(cells: Cells, width: number): Cells {
  const { minWidth } = cells.column
  return minWidth === undefined || minWidth >= cells.width ? cells : cutTo(cells, Math.max(minWidth, width))
}

function cutTo({ column, cells }: Cells, width: number): Cells {
  const short = cells.map((cell) => cutText(cell, width, placeOfCut(column)))
  return { column, cells: short, width: widthOf(column, short) }
}

/** Joins cells to a line. The first two columns are text and aligned left; the others are aligned right. */
function lineOf(cells: readonly string[], shown: readonly Cells[]): string {
  const padded = cells.map((cell, at) => {
    const space = ' '.repeat(Math.max(0, (shown[at] as Cells).width - textWidth(cell)))
    return at < 2 ? cell + space : space + cell
  })
  return padded.join(gap).trimEnd()
}

function ago(seconds: number): string {
  for (const [unit, length] of units) if (seconds >= 2 * length) return `${Math.floor(seconds / length)} ${unit} ago`
  return `${Math.max(0, seconds)} s ago`
}

const units: [string, number][] = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
]
