import { readFileSync, writeFileSync } from 'node:fs'
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
  const heading = `## ${report.benchmark}, ${report.date}: ${describeRounds(report)}`
  return `${[heading, describeWhere(report), renderTables(report.tables)].join('\n\n')}\n`
}

export function describeRounds({ size: { pairs } }: Report): string {
  return pairs === 1 ? '1 round' : `${pairs} pairs`
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
  writeFileSync(file, `${rows}\n`)
}

export function loadReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8'))
}
