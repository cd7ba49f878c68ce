import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchmarkName, benchmarkNames } from './questions.ts'
import { type ScenarioName, type Size, scenarioNames } from './settings.ts'
import { fullSizes, quickSizes } from './sizes.ts'
import { suiteName } from './users-suite.ts'

/** The parsed command line. */
export interface Options {
  /** True prints the help and measures nothing. */
  help: boolean
  benchmarks: BenchmarkName[]
  /** Options for ranklog-bench, with which a run of all benchmarks begins. Undefined if it does not run. */
  suite?: readonly string[]
  /** How much each benchmark measures. */
  sizes: Record<BenchmarkName, Size>
  /** True for a smoke run: no intervals, no verdicts, and no file unless `json` names one. */
  quick: boolean
  /** Folder on the disk under test. */
  dir: string
  /** File for the figures of one benchmark. */
  json?: string
  /** True writes the figures into `benchmarks/results`. */
  publish: boolean
  /** True measures nothing, and writes the pages and headlines again from `benchmarks/results`. */
  pages: boolean
}

/** The options that are one whole number. Each is a field of {@link Size}. */
const counts = ['pairs', 'calls', 'steps', 'records', 'seconds', 'minutes', 'runs', 'seed'] as const

/** Parses the command line. @throws {Error} that names the wrong argument and the allowed values */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      pairs: { type: 'string' },
      calls: { type: 'string' },
      scenario: { type: 'string' },
      steps: { type: 'string' },
      'world-sizes': { type: 'string' },
      lines: { type: 'string' },
      records: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      runs: { type: 'string' },
      seed: { type: 'string' },
      quick: { type: 'boolean', default: false },
      dir: { type: 'string', default: tmpdir() },
      json: { type: 'string' },
      publish: { type: 'boolean', default: false },
      pages: { type: 'boolean', default: false },
    },
  })
  const { help, quick, dir, json, publish, pages } = values
  const benchmarks = positionals.length > 0 ? positionals.map(readName) : benchmarkNames
  if (json !== undefined && benchmarks.length !== 1)
    throw new Error('--json takes the figures of one benchmark: name one benchmark')
  if (publish && quick) throw new Error('--publish cannot publish the figures of --quick: remove one of the two')
  if (publish && json !== undefined)
    throw new Error('--publish writes to benchmarks/results, --json to a file: remove one of the two')
  const given: Partial<Size> = {}
  for (const flag of counts) {
    const text = values[flag]
    if (text !== undefined) given[flag] = readCount(flag, text)
  }
  if (values['world-sizes'] !== undefined) given.worldSizes = readCounts('world-sizes', values['world-sizes'])
  if (values.scenario !== undefined) given.scenarios = values.scenario.split(',').map(readScenario)
  if (values.lines !== undefined) given.lines = readCounts('lines', values.lines)
  const sizeOf = (name: BenchmarkName): Size => ({ ...(quick ? quickSizes : fullSizes)[name], ...given })
  const sizes = Object.fromEntries(benchmarkNames.map((name) => [name, sizeOf(name)])) as Options['sizes']
  const suite = ['--dir', resolve(dir), ...(quick ? ['--quick'] : [])]
  return {
    help,
    benchmarks,
    sizes,
    quick,
    dir: resolve(dir),
    publish,
    pages,
    ...(positionals.length === 0 && { suite }),
    ...(json !== undefined && { json: resolve(json) }),
  }
}

function readName(name: string): BenchmarkName {
  const found = benchmarkNames.find((known) => known === name)
  if (found) return found
  if (name === suiteName)
    throw new Error(`${name} has its own options and must run alone: npm run bench -- ${name} [OPTION...]`)
  throw new Error(`unknown benchmark "${name}". Use one of: ${[suiteName, ...benchmarkNames].join(', ')}`)
}

function readScenario(name: string): ScenarioName {
  const found = scenarioNames.find((known) => known === name)
  if (found) return found
  throw new Error(`unknown scenario "${name}". Use some of: ${scenarioNames.join(', ')}`)
}

function readCounts(flag: string, text: string): number[] {
  return text.split(',').map((count) => readCount(flag, count))
}

function readCount(flag: string, text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new Error(`--${flag}: invalid value "${text}". Use a whole number >= 1`)
}
