import { readFileSync, writeFileSync } from 'node:fs'
import type { Machine } from './machine.ts'
import type { Size } from './settings.ts'
import { renderTables, shortNumber, type Table } from './table.ts'

/** The tables of a benchmark, and everything that its figures depend on. */
export interface Report {
  benchmark: string
  /** Day of the measurement, in ISO 8601. */
  date: string
  versions: Record<string, string>
  machine: Machine
  size: Size
  tables: Table[]
}

/** Returns a report as text for the terminal. */
export function renderReport(report: Report): string {
  const heading = `## ${report.benchmark}, ${report.date}: ${describeRounds(report)}`
  return `${[heading, describeWhere(report), renderTables(report.tables)].join('\n\n')}\n`
}

export function describeRounds({ size: { pairs } }: Report): string {
  return pairs === 1 ? '1 round' : `${pairs} pairs`
}

/** Returns the machine and the software, as a sentence. */
export function describeWhere({ machine, versions }: Report): string {
  const { cpu, cores, memoryGB, platform, fileSystem } = machine
  const software = Object.entries(versions).map((version) => version.join(' '))
  return `${cpu}, ${cores} cores, ${memoryGB} GB, ${platform}, ${fileSystem}; ${software.join(', ')}.`
}

/** Writes a report as JSON, with one row per line. Numbers have only the digits that the tables show. */
export function saveReport(file: string, report: Report): void {
  const short = (_: string, value: unknown) => (typeof value === 'number' ? shortNumber(value) : value)
  const rows = JSON.stringify(report, short).replaceAll('},{', '},\n{')
  writeFileSync(file, `${rows}\n`)
}

export function loadReport(file: string): Report {
  return JSON.parse(readFileSync(file, 'utf8'))
}
