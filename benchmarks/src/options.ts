import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type BenchmarkName, benchmarkNames } from './questions.ts'
import { type ScenarioName, type Size, scenarioNames } from './settings.ts'
import { fullSizes, quickSizes } from './sizes.ts'
import { suiteName } from './users-suite.ts'

/** The command line, read. */
export interface Options {
  /** Measure nothing: print what there is to choose. */
  help: boolean
  benchmarks: BenchmarkName[]
  /** Options for the users' suite, which a run of all benchmarks begins with; undefined: it does not run. */
  suite?: readonly string[]
  /** How much each measures. */
  sizes: Record<BenchmarkName, Size>
  /** A smoke run: no intervals, no verdicts, and no file unless `json` asks for one. */
  quick: boolean
  /** Folder on the disk under test. */
  dir: string
  /** Where the figures of the one benchmark go, as JSON. */
  json?: string
  /** The figures replace those of `benchmarks/results`. */
  publish: boolean
  /** Measure nothing: write the pages and headlines again, from the JSON files of `benchmarks/results`. */
  pages: boolean
}

/** Options that are one whole number; each is a field of {@link Size}. */
const counts = ['pairs', 'calls', 'steps', 'records', 'seconds', 'minutes', 'seed'] as const

/** @throws {Error} that names the argument and what it takes */
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
    throw new Error('--json is one file: name the one benchmark whose figures it gets')
  if (publish && quick) throw new Error('--publish takes no figures of --quick: leave out one of the two')
  if (publish && json !== undefined)
    throw new Error('--publish writes to benchmarks/results, --json to a file: leave out one of the two')
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
    throw new Error(`${name} has options of its own and runs alone: npm run bench -- ${name} [OPTION...]`)
  throw new Error(`no benchmark "${name}": there are ${[suiteName, ...benchmarkNames].join(', ')}`)
}

function readScenario(name: string): ScenarioName {
  const found = scenarioNames.find((known) => known === name)
  if (found) return found
  throw new Error(`no scenario "${name}": there are ${scenarioNames.join(', ')}`)
}

function readCounts(flag: string, text: string): number[] {
  return text.split(',').map((count) => readCount(flag, count))
}

function readCount(flag: string, text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new Error(`--${flag} takes whole numbers from 1, not "${text}"`)
}
