import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Machine } from './machine.ts'
import type { Size } from './settings.ts'
import { renderTables, shortNumber, type Table } from './table.ts'

/** What a benchmark found, and all that its figures depend on. */
export interface Report {
  benchmark: string
  /** The day, ISO 8601. */
  date: string
  versions: Record<string, string>
  machine: Machine
  size: Size
  tables: Table[]
}

export function renderReport(report: Report): string {
  const { benchmark, date, size, tables } = report
  const heading = `## ${benchmark}, ${date}: ${size.pairs === 1 ? '1 round' : `${size.pairs} pairs`}`
  return `${[heading, describeWhere(report), renderTables(tables)].join('\n\n')}\n`
}

/** The machine and the software, as a sentence. */
export function describeWhere({ machine, versions }: Report): string {
  const { cpu, cores, memoryGB, platform, fileSystem } = machine
  const software = Object.entries(versions).map((version) => version.join(' '))
  return `${cpu}, ${cores} cores, ${memoryGB} GB, ${platform}, ${fileSystem}; ${software.join(', ')}.`
}

/** A row a line, with the digits that the tables show: more would change in every commit. */
export function saveReport(file: string, report: Report): void {
  const short = (_: string, value: unknown) => (typeof value === 'number' ? shortNumber(value) : value)
  const rows = JSON.stringify(report, short).replaceAll('},{', '},\n{')
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, `${rows}\n`)
}

export function loadReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8'))
}
