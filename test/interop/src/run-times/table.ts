import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { entries } from './entries.ts'
import type { Cell } from './row.ts'

const page = fileURLToPath(new URL('../../../../docs/run-times.md', import.meta.url))
const marks = ['<!-- table: npm run test:interop -- --all --write -->\n', '<!-- /table -->'] as const

/** The table of the page: the cells of each row, by its name, and the errors of the cells as numbered notes. */
export interface Table {
  rows: Map<string, string[]>
  notes: string[]
}

/** Adds a row. Cells with the same error share a note. */
export function addRow({ rows, notes }: Table, name: string, cells: readonly Cell[]): void {
  const texts = cells.map(({ text, note }) => {
    if (note === undefined) return text
    if (!notes.includes(note)) notes.push(note)
    return `${text} (${notes.indexOf(note) + 1})`
  })
  rows.set(name, texts)
}

/** Returns the cells of a row, with the text of each note in place of its number. */
export function fullRow({ rows, notes }: Table, name: string): string[] | undefined {
  return rows.get(name)?.map((cell) => cell.replace(/\((\d+)\)$/, (_, number) => `(${notes[number - 1]})`))
}

/** Reads the table of the page. */
export function readTable(): Table {
  const lines = tableText().split('\n')
  const rows = lines.filter((line) => line.startsWith('| ')).slice(2).map((line) => line.slice(2, -2).split(' | ')) // biome-ignore format: a line
  const notes = lines.flatMap((line) => /^\d+\. (.*)$/.exec(line)?.[1] ?? [])
  return { rows: new Map(rows.map(([name = '', ...cells]) => [name, cells])), notes }
}

/** Writes the table into the page. */
export function writeTable(table: Table): void {
  const text = readFileSync(page, 'utf8')
  const [start, end] = bounds(text)
  writeFileSync(page, text.slice(0, start) + markdown(table) + text.slice(end))
}

function tableText(): string {
  const text = readFileSync(page, 'utf8')
  return text.slice(...bounds(text))
}

function bounds(text: string): [start: number, end: number] {
  const [start, end] = [text.indexOf(marks[0]) + marks[0].length, text.indexOf(marks[1])]
  if (start < marks[0].length || end < start) throw new Error(`${page}: no table between ${marks.join(' and ')}`)
  return [start, end]
}

function markdown({ rows, notes }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |\n`
  const names = entries.map(({ name }) => name)
  const head = line(['', ...names]) + line(['---', ...names.map(() => '---')])
  const body = [...rows].map(([name, cells]) => line([name, ...cells])).join('')
  const list = notes.map((note, i) => `${i + 1}. ${note}\n`).join('')
  return head + body + (list && `\n${list}`)
}
