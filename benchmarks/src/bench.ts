import { dirname, resolve } from 'node:path'
import { removeLeftovers } from '../../packages/ranklog-bench/dist/disks/index.js'
import { calls } from './calls.ts'
import { collectives } from './collectives.ts'
import { ddp } from './ddp.ts'
import { endDescendants } from './descendants.ts'
import { encoder } from './encoder.ts'
import { fuzz } from './fuzz.ts'
import { gate } from './gate.ts'
import { helpText } from './help.ts'
import { job } from './job.ts'
import { kill } from './kill.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { memory } from './memory.ts'
import { merge } from './merge.ts'
import { metrics } from './metrics.ts'
import { type Options, readOptions } from './options.ts'
import { checkFolder, ownFolder } from './own-folder.ts'
import { trackedFile, writePages } from './pages.ts'
import { writePictures } from './picture/pictures.ts'
import { type BenchmarkName, questions } from './questions.ts'
import { type Report, renderReport, saveReport } from './report.ts'
import { run } from './run.ts'
import type { Settings } from './settings.ts'
import { soak } from './soak.ts'
import { suiteFigures, writeSuitePages } from './suite-pages.ts'
import { type Table, withoutClaims } from './table.ts'
import { trainer } from './trainer.ts'
import { publishOption, runSuite, suiteName } from './users-suite.ts'
import { writer } from './writer.ts'

const benchmarks: Record<BenchmarkName, (settings: Settings) => Promise<Table[]>> = {
  gate,
  job,
  writer,
  memory,
  soak,
  metrics,
  encoder,
  merge,
  run,
  fuzz,
  calls,
  trainer,
  kill,
  collectives,
  ddp,
}

const args = process.argv.slice(2)

try {
  if (args[0] === suiteName) process.exitCode = await runSuiteAlone(args.slice(1))
  else await runBenchmarks(readOptions(args))
} catch (error) {
  fail((error as Error).message)
  endDescendants() // ranks of a failed benchmark may still write to a disk that is unmounted at the exit
  process.exit()
}

async function runBenchmarks(options: Options): Promise<void> {
  if (options.help) process.stdout.write(helpText())
  else if (options.pages)
    for (const file of [...writePages(), ...(await writeSuitePages()), ...writePictures()]) note(`wrote ${file}`)
  else await measure(options)
}

async function measure(options: Options): Promise<void> {
  const { benchmarks: names, sizes, quick, dir } = options
  checkFolder('--dir', dir)
  checkJson(options.json)
  cleanUp(dir)
  if (options.suite) await measureSuite(options.suite, options.publish)
  const own = ownFolder(dir)
  if (quick) note('--quick only shows that everything runs: its figures mean nothing')
  for (const name of names) {
    note(`${name}: ${quick ? '' : `about ${questions[name].minutes} min, `}in ${own}`)
    const size = sizes[name]
    const found = await benchmarks[name]({ ...size, dir: own, onProgress: (text) => showProgress(`${name}: ${text}`) })
    showProgress('')
    const tables = quick ? found.map(withoutClaims) : found
    const date = new Date().toISOString().slice(0, 10)
    const report = { benchmark: name, date, versions: describeVersions(), machine: describeMachine(own), size, tables }
    process.stdout.write(`${renderReport(report)}\n`)
    save(report, targetOf(name, options))
    for (const { failure } of tables) if (failure) fail(failure)
  }
  if (options.publish) {
    writePages()
    await writeSuitePages()
  }
}

/** Runs ranklog-bench with its own options. `--publish` is an option of this command only. */
async function runSuiteAlone(args: readonly string[]): Promise<number> {
  const options = args.filter((arg) => arg !== publishOption)
  if (options.length === args.length) return runSuite(options)
  const code = await runSuite(options, suiteFigures)
  if (code <= 1) for (const file of await writeSuitePages()) note(`wrote ${file}`)
  return code
}

/** Runs ranklog-bench before the other benchmarks. If a signal ends it, the whole run ends. */
async function measureSuite(options: readonly string[], publish: boolean): Promise<void> {
  const code = await runSuite(options, publish ? suiteFigures : undefined)
  if (code > 128) process.exit(code)
  if (code !== 0) fail(`${suiteName}: exit code ${code}`)
}

/** Removes the folders of killed runs. A folder that cannot be removed, because a rank is still ending, is only reported. */
function cleanUp(dir: string): void {
  try {
    for (const folder of removeLeftovers(dir)) note(`removed ${folder}, the folder of a killed run`)
  } catch (error) {
    note(`cannot remove the folder of a killed run: ${(error as Error).message.trim()}`)
  }
}

function save(report: Report, file: string | undefined): void {
  if (file === undefined) return
  saveReport(file, report)
  note(`wrote ${file}`)
}

/** Returns the file for the figures. Returns undefined if they are not saved. */
function targetOf(name: BenchmarkName, { json, publish, quick }: Options): string | undefined {
  if (json !== undefined) return json
  if (publish) return trackedFile(name, 'json')
  return quick ? undefined : resolve(`bench-${name}.json`)
}

/** Checks `--json` before the run, because a long run must not end with an invalid path. @throws {Error} with what to do */
function checkJson(file: string | undefined): void {
  if (file === undefined) return
  const folder = dirname(file)
  checkFolder('--json', folder)
  if (folder === dirname(trackedFile('', 'json')))
    throw new Error(`--json: only --publish writes the tracked figures in ${folder}. Name a file in another folder`)
}

function fail(message: string): void {
  process.exitCode = 1
  note(message)
}

function note(message: string): void {
  showProgress('')
  process.stderr.write(`bench: ${message}\n`)
}

/** Shows a text in a line that is overwritten by the next one. Shows nothing if stderr is not a terminal. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
