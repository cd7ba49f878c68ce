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

/** The cells of each line of a text. A last line without its end is left out: its writer was killed in it. */
export function* linesIn(text: string): Generator<string[]> {
  let cells: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text)
    if (!found) return // no CSV from here on
    const [, quoted, plain = '', end = ''] = found
    if (end === '') return
    cells.push(quoted?.replaceAll('""', '"') ?? plain)
    if (end === ',') continue
    yield cells
    cells = []
  }
}
