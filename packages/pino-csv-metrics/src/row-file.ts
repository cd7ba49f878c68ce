import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, replaceFile } from 'pino-rank-file/writer'
import { appendWhole } from 'pino-rank-metrics/sink'
import { lineOf, linesIn, type Row, rowLine } from './csv-text.ts'

/**
 * A CSV file whose columns grow. Rows are appended; rows with new columns rewrite the whole file, once for all of them, by a
 * temporary file and a rename. A file that is there is gone on with. What fails leaves the file as it was.
 */
export class RowFile {
  readonly #path: () => string
  readonly #mode: number
  #open: { path: string; columns: string[] } | undefined

  /** @param path asked at the first row */
  constructor(path: () => string, mode: number) {
    this.#path = path
    this.#mode = mode
  }

  /** @throws the system's error; then none of the rows is in the file */
  append(rows: readonly Row[]): void {
    this.#open ??= this.#begin()
    const file = this.#open
    const columns = new Set(file.columns)
    for (const row of rows) for (const column of row.keys()) columns.add(column)
    if (columns.size === file.columns.length)
      appendWhole(file.path, rows.map((row) => rowLine(file.columns, row)).join(''), this.#mode)
    else this.#rewrite(file, [...columns].sort(), rows)
  }

  #begin(): { path: string; columns: string[] } {
    const path = this.#path()
    makeFolder(dirname(path))
    const text = textOf(path)
    const [columns = []] = linesIn(text)
    // a torn last line would swallow the next
    if (columns.length > 0 && !text.endsWith('\n')) this.#replace(path, columns, columns, [])
    return { path, columns }
  }

  #rewrite(file: { path: string; columns: string[] }, columns: string[], rows: readonly Row[]): void {
    this.#replace(file.path, file.columns, columns, rows)
    file.columns = columns
  }

  #replace(path: string, before: readonly string[], columns: readonly string[], rows: readonly Row[]): void {
    const lines = [lineOf(columns)]
    const [, ...old] = linesIn(textOf(path))
    for (const cells of old) lines.push(rowLine(columns, new Map(cells.map((cell, at) => [before[at] ?? '', cell]))))
    for (const row of rows) lines.push(rowLine(columns, row))
    replaceFile({ path, mode: this.#mode }, lines.join(''))
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}
