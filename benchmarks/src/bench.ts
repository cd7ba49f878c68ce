import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { calls } from './calls.ts'
import { contention } from './contention.ts'
import { encoder } from './encoder.ts'
import { fileFigures } from './file-figures.ts'
import { fuzz } from './fuzz.ts'
import { gate } from './gate.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { memory } from './memory.ts'
import { merge } from './merge.ts'
import { metrics } from './metrics.ts'
import { type BenchmarkName, type Options, readOptions } from './options.ts'
import { putFigures } from './put-figures.ts'
import { describeWhere, loadReport, renderReport, saveReport } from './report.ts'
import { run } from './run.ts'
import type { Settings } from './settings.ts'
import { soak } from './soak.ts'
import { renderTables, type Table } from './table.ts'
import { writer } from './writer.ts'

const benchmarks: Record<BenchmarkName, (settings: Settings) => Promise<Table[]>> = {
  gate,
  contention,
  writer,
  memory,
  soak,
  metrics,
  encoder,
  merge,
  run,
  fuzz,
  calls,
}

const resultsOf = (name: string) => fileURLToPath(new URL(`../results/${name}.json`, import.meta.url))

try {
  const options = readOptions(process.argv.slice(2))
  if (options.readme) showResults()
  else await measure(options)
} catch (error) {
  fail((error as Error).message)
}

async function measure({ benchmarks: names, sizes, quick, dir, json }: Options): Promise<void> {
  const own = ownFolder(dir)
  for (const name of names) {
    const size = sizes[name]
    const tables = await benchmarks[name]({ ...size, dir: own, tell: (text) => tell(`${name}: ${text}`) })
    tell('')
    const date = new Date().toISOString().slice(0, 10)
    const report = { benchmark: name, date, versions: describeVersions(), machine: describeMachine(own), size, tables }
    process.stdout.write(`${renderReport(report)}\n`)
    const file = json ?? (quick ? undefined : resultsOf(name))
    if (file) saveReport(file, report)
    for (const { failure } of tables) if (failure) fail(failure)
  }
}

/** All results, also those of a benchmark that was not named: a README has one place for them. */
function showResults(): void {
  const reports = Object.keys(benchmarks)
    .map(resultsOf)
    .filter((file) => existsSync(file))
    .map(loadReport)
  putFigures(pageAt('../README.md'), reports.map(renderReport).join('\n'))
  const ofFiles = reports.filter(({ benchmark }) => benchmark === 'writer' || benchmark === 'memory')
  putFigures(pageAt('../../packages/pino-rank-file/README.md'), fileFigures(ofFiles))
  const figuresOf = (...names: string[]) =>
    reports
      .filter(({ benchmark }) => names.includes(benchmark))
      .map((report) => `${describeWhere(report)}\n\n${renderTables(report.tables)}`)
      .join('\n')
  putFigures(pageAt('../../packages/pino-tensorboard/README.md'), figuresOf('metrics', 'encoder'))
  putFigures(pageAt('../../packages/pino-rank-merge/README.md'), figuresOf('merge'))
  putFigures(pageAt('../../packages/ranklog/README.md'), figuresOf('run'))
}

function pageAt(path: string): string {
  return fileURLToPath(new URL(path, import.meta.url))
}

function fail(message: string): void {
  process.exitCode = 1
  process.stderr.write(`bench: ${message}\n`)
}

/** A folder on the disk under test, gone when we are. */
function ownFolder(dir: string): string {
  mkdirSync(dir, { recursive: true })
  const own = mkdtempSync(join(dir, 'rank-bench-'))
  process.on('exit', () => rmSync(own, { recursive: true, force: true }))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1))
  return own
}

/** One line that replaces itself; in a log there is none. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
