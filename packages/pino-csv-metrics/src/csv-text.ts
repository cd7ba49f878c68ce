import { isUtf8 } from 'node:buffer'

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

const byteOrderMark = '\ufeff'

/**
 * Yields the lines of a CSV file, its header first, as far as the file is valid. It stops at a line that is torn, is not CSV, is
 * not UTF-8, or has more cells than the header. A header that names a column twice is invalid. Each `end` is in bytes.
 */
export function* linesOfFile(bytes: Buffer): Generator<CsvLine> {
  const isSound = isUtf8(bytes)
  let columns: number | undefined
  let start = 0
  // One character per byte, so that positions in the text are positions in the file.
  for (const { cells, end } of readLines(bytes.toString('latin1'))) {
    if (!isSound && !isUtf8(bytes.subarray(start, end))) return
    const decoded = cells.map(decode)
    if (columns === undefined) {
      if (decoded[0]?.startsWith(byteOrderMark)) decoded[0] = decoded[0].slice(1)
      if (new Set(decoded).size < decoded.length) return
      columns = decoded.length
    } else if (cells.length > columns) return
    yield { cells: decoded, end }
    start = end
  }
}

function decode(cell: string): string {
  return /[\x80-\xff]/.test(cell) ? Buffer.from(cell, 'latin1').toString() : cell
}

/** Yields the lines of a text, up to the first line that is incomplete or is not CSV. */
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
