/** CSV as Python's csv module writes it: CRLF, quotes where they are needed (RFC 4180). */

/** A row's cells by their columns; what is missing is empty. */
export type Row = ReadonlyMap<string, string>

export function lineOf(cells: readonly string[]): string {
  return `${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`
}

export function rowLine(columns: readonly string[], row: Row): string {
  return lineOf(columns.map((column) => row.get(column) ?? ''))
}

/** A number as Python writes it. */
export function numberCell(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (Number.isFinite(value)) return Object.is(value, -0) ? '-0.0' : String(value)
  return value > 0 ? 'inf' : '-inf'
}

/** A line of a CSV text. */
export interface CsvLine {
  cells: string[]
  /** Start of the next line. */
  end: number
}

/** Yields the cells of each line of a text, up to the first line that is incomplete or is not CSV. */
export function* linesIn(text: string): Generator<string[]> {
  for (const { cells } of readLines(text)) yield cells
}

/** Yields the same lines with their ends. The text behind the last of them is not valid CSV. */
export function* readLines(text: string): Generator<CsvLine> {
  let cells: string[] = []
  for (let at = 0; at < text.length; ) {
    const isQuoted = text[at] === '"'
    const end = isQuoted ? quotedEnd(text, at) : plainEnd(text, at)
    cells.push(isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end))
    if (text[end] === ',') {
      at = end + 1
      continue
    }
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1
    if (text[at - 1] !== '\n') return // a torn last line, or a quote in the middle of a cell
    yield { cells, end: at }
    cells = []
  }
}

/** Returns the position behind the quote that closes the one at `start`, or the end of the text if there is none. */
function quotedEnd(text: string, start: number): number {
  let at = text.indexOf('"', start + 1)
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at === -1 ? text.length : at + 1
}

const special = /[",\r\n]/g

function plainEnd(text: string, start: number): number {
  special.lastIndex = start
  return special.exec(text)?.index ?? text.length
}
