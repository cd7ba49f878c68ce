import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type ScenarioName, type Size, scenarioNames } from './settings.ts'

export type BenchmarkName =
  | 'gate'
  | 'contention'
  | 'writer'
  | 'memory'
  | 'soak'
  | 'metrics'
  | 'encoder'
  | 'merge'
  | 'run'
  | 'fuzz'
  | 'calls'

/** The command line, read. */
export interface Options {
  benchmarks: BenchmarkName[]
  /** How much each measures. */
  sizes: Record<BenchmarkName, Size>
  /** A smoke run, whose figures are not kept unless `json` asks for them. */
  quick: boolean
  /** Folder on the disk under test. */
  dir: string
  /** Where the JSON goes instead of `results/`. */
  json?: string
  /** Measure nothing: put what lies in `results/` into the README. */
  readme: boolean
}

const common: Omit<Size, 'pairs'> = {
  calls: 100_000,
  scenarios: [...scenarioNames],
  steps: 100,
  worldSizes: [8],
  lines: [1, 10, 100],
  records: 500_000,
  seconds: 60,
  minutes: 5,
  seed: 1,
}

/** Each within ten minutes on two cores, `contention` within an hour. An even number of rounds lets each of two cells come first as often. */
const full: Record<BenchmarkName, Size> = {
  gate: { ...common, pairs: 20 },
  contention: { ...common, pairs: 6, worldSizes: [1, 4, 8], seconds: 8 },
  writer: { ...common, pairs: 20 },
  memory: { ...common, pairs: 2 },
  soak: { ...common, pairs: 1 },
  metrics: { ...common, pairs: 20 },
  encoder: { ...common, pairs: 20, records: 2_000_000 },
  merge: { ...common, pairs: 10, records: 6_666_667 },
  run: { ...common, pairs: 10 },
  fuzz: { ...common, pairs: 1, minutes: 10 },
  calls: { ...common, pairs: 1, minutes: 10 },
}

const small: Size = {
  pairs: 1,
  calls: 10_000,
  scenarios: [...scenarioNames],
  steps: 20,
  worldSizes: [2],
  lines: [10],
  records: 10_000,
  seconds: 3,
  minutes: 1 / 3,
  seed: 1,
}

/** Within 20 seconds each, each scenario of `contention` too: shows that everything runs, and nothing else. */
const smoke: Record<BenchmarkName, Size> = {
  gate: small,
  contention: small,
  writer: small,
  memory: small,
  soak: { ...small, worldSizes: [8] },
  metrics: small,
  encoder: small,
  merge: small,
  run: small,
  fuzz: { ...small, minutes: 1 / 20 },
  calls: { ...small, minutes: 1 / 20 },
}

/** @throws {Error} that names the argument to mend */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
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
      readme: { type: 'boolean', default: false },
    },
  })
  const { quick, dir, json, readme } = values
  const benchmarks = positionals.length > 0 ? positionals.map(readName) : (Object.keys(full) as BenchmarkName[])
  if (json && benchmarks.length !== 1)
    throw new Error('--json is one file: name the one benchmark whose figures it gets')
  const given: Partial<Size> = {}
  for (const flag of ['pairs', 'calls', 'steps', 'records', 'seconds', 'minutes', 'seed'] as const) {
    const text = values[flag]
    if (text) given[flag] = readCount(flag, text)
  }
  if (values['world-sizes']) given.worldSizes = readCounts('world-sizes', values['world-sizes'])
  if (values.scenario) given.scenarios = values.scenario.split(',').map(readScenario)
  if (values.lines) given.lines = readCounts('lines', values.lines)
  const sizeOf = (name: BenchmarkName): Size => ({ ...(quick ? smoke : full)[name], ...given })
  const sizes = Object.fromEntries(Object.keys(full).map((name) => [name, sizeOf(name as BenchmarkName)]))
  return { benchmarks, sizes: sizes as Options['sizes'], quick, dir: resolve(dir), json, readme }
}

function readName(name: string): BenchmarkName {
  if (name in full) return name as BenchmarkName
  throw new Error(`no benchmark "${name}": there are ${Object.keys(full).join(', ')}`)
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
