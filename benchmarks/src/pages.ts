import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Figures, headlines } from './headlines.ts'
import { putFigures } from './put-figures.ts'
import { type BenchmarkName, benchmarkNames, questions } from './questions.ts'
import { describeRounds, describeWhere, loadReport, type Report } from './report.ts'
import { renderTables } from './table.ts'
import { wrap } from './wrap.ts'

const width = 120

/** Returns the path of the tracked figures of a benchmark, or of the page that is written from them. */
export function trackedFile(name: string, extension: 'json' | 'md'): string {
  return fileURLToPath(new URL(`../results/${name}.${extension}`, import.meta.url))
}

/** Returns the path of the README of a package. */
export function readmeOf(folder: string): string {
  return fileURLToPath(new URL(`../../packages/${folder}/README.md`, import.meta.url))
}

/** Returns the reports of all benchmarks that have tracked figures. */
export function loadTracked(): Report[] {
  const files = benchmarkNames.map((name) => trackedFile(name, 'json'))
  return files.filter((file) => existsSync(file)).map(loadReport)
}

/** Writes a page for each benchmark, and the headlines in the READMEs of packages. Returns the paths of the written files. */
export function writePages(): string[] {
  const reports = loadTracked()
  const pages = reports.map((report) => {
    const file = trackedFile(report.benchmark, 'md')
    writeFileSync(file, renderPage(report))
    return file
  })
  const readmes = Object.keys(headlines).map((folder) => {
    putFigures(readmeOf(folder), renderHeadline(folder, reports))
    return readmeOf(folder)
  })
  return [...pages, ...readmes]
}

/** Returns the page of a benchmark: its question, how to read the tables, and the tables. */
export function renderPage(report: Report): string {
  const { benchmark, date } = report
  const { question, notes } = questions[benchmark as BenchmarkName]
  const tables = report.tables.map((table) => ({ ...table, about: paragraph(table.about) }))
  return `${[
    `<!-- Written by \`npm run bench -- --pages\` from ${benchmark}.json: do not edit. -->`,
    `# ${benchmark}`,
    paragraph(question),
    paragraph(
      `Measured ${date}, ${describeRounds(report)}: ${describeWhere(report)} These figures as JSON: [${benchmark}.json](${benchmark}.json). How to read a table: [benchmarks](../README.md#how-to-read-a-table).`,
    ),
    notes.map((note) => `- ${wrap(note, width - 2).join('\n  ')}`).join('\n'),
    renderTables(tables, '##'),
  ].join('\n\n')}\n`
}

/** Returns the text with figures for the README of a package. @param reports the reports of all benchmarks */
export function renderHeadline(folder: string, reports: readonly Report[]): string {
  const { benchmarks, sentences } = headlines[folder] as (typeof headlines)[string]
  const report = reports.find(({ benchmark }) => benchmark === benchmarks[0])
  const found = sentences(new Figures(reports)).filter((sentence) => sentence !== undefined)
  const links = benchmarks.map((name) => `[${name}](../../benchmarks/results/${name}.md)`).join(', ')
  if (!report || found.length === 0) return paragraph(`Figures: ${links}.`)
  const { cores, cpu, fileSystem } = report.machine
  const where = `Measured ${report.date}: ${cores} cores, ${cpu}, ${fileSystem}. All tables: ${links}.`
  return `${paragraph(found.join(' '))}\n${paragraph(where)}`
}

function paragraph(text: string): string {
  return wrap(text, width).join('\n')
}
