import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Result } from 'ranklog-bench'
import { reportContent } from '../../packages/ranklog-bench/dist/report/content.js'
import { writeReport } from '../../packages/ranklog-bench/dist/report/index.js'
import { putFigures } from './put-figures.ts'
import { suiteName } from './users-suite.ts'
import { wrap } from './wrap.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = `benchmarks/results/${suiteName}`
const width = 120

/** Charts for the root README, which shows the first one that the run has. */
const pictures = ['step-time-throttled', 'step-time-given']

/** Path of the tracked figures of ranklog-bench. */
export const suiteFigures: string = join(root, folder, 'figures.json')

/** Path of the README with the chart and the short answer. */
export const rootReadme: string = join(root, 'README.md')

/** Returns the tracked figures. Returns undefined if there are none. */
export function loadSuite(): Result | undefined {
  return existsSync(suiteFigures) ? (JSON.parse(readFileSync(suiteFigures, 'utf8')) as Result) : undefined
}

/** Writes the report of the tracked figures with its charts, and their part of the root README. Returns the paths of the written files. */
export async function writeSuitePages(): Promise<string[]> {
  const result = loadSuite()
  if (!result) return []
  const own = mkdtempSync(join(tmpdir(), 'ranklog-bench-report-'))
  try {
    const drawn = (await writeReport(result, own)).filter((file) => !file.endsWith('.html'))
    mkdirSync(join(root, folder), { recursive: true })
    const files = drawn.map((file) => join(root, folder, basename(file)))
    for (const [at, file] of files.entries()) copyFileSync(drawn[at] as string, file)
    putFigures(rootReadme, renderAnswer(result))
    return [...files, rootReadme]
  } finally {
    rmSync(own, { recursive: true })
  }
}

/** Returns the part of the root README: a chart, the short answer, and where it was measured. */
export function renderAnswer(result: Result): string {
  const { answer, subtitle, blocks } = reportContent(result)
  const charts = blocks.flatMap((block) => (block.kind === 'chart' ? [block.chart] : []))
  const chart = pictures.flatMap((name) => charts.find((chart) => chart.name === name) ?? [])[0]
  const where = `Measured ${subtitle}. [All figures of this run](${folder}/report.md).`
  return [
    ...(chart ? [`![${chart.sentence}](${folder}/${chart.name}.svg)`] : []),
    answer.map((sentence) => `- ${wrap(sentence, width - 2).join('\n  ')}`).join('\n'),
    wrap(where, width).join('\n'),
  ].join('\n\n')
}
