import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import type { Size } from './settings.ts'

export type BenchmarkName = 'gate' | 'contention'

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

const common = { calls: 100_000, steps: 100, worldSizes: [1, 4, 8], lines: [1, 10, 100] }

/** Within ten minutes on two cores. An even number of rounds lets each of two cells come first as often. */
const full: Record<BenchmarkName, Size> = { gate: { ...common, pairs: 20 }, contention: { ...common, pairs: 6 } }

/** Within 20 seconds: shows that everything runs, and nothing else. */
const smoke: Size = { pairs: 1, calls: 10_000, steps: 20, worldSizes: [2], lines: [10] }

/** @throws {Error} that names the argument to mend */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      pairs: { type: 'string' },
      calls: { type: 'string' },
      steps: { type: 'string' },
      'world-sizes': { type: 'string' },
      lines: { type: 'string' },
      quick: { type: 'boolean', default: false },
      dir: { type: 'string', default: tmpdir() },
      json: { type: 'string' },
      readme: { type: 'boolean', default: false },
    },
  })
  const { pairs, calls, steps, lines, 'world-sizes': worldSizes, quick, dir, json, readme } = values
  const benchmarks = positionals.length > 0 ? positionals.map(readName) : (Object.keys(full) as BenchmarkName[])
  if (json && benchmarks.length !== 1)
    throw new Error('--json is one file: name the one benchmark whose figures it gets')
  const sizeOf = (name: BenchmarkName): Size => {
    const base = quick ? smoke : full[name]
    return {
      pairs: pairs ? readCount('pairs', pairs) : base.pairs,
      calls: calls ? readCount('calls', calls) : base.calls,
      steps: steps ? readCount('steps', steps) : base.steps,
      worldSizes: worldSizes ? readCounts('world-sizes', worldSizes) : base.worldSizes,
      lines: lines ? readCounts('lines', lines) : base.lines,
    }
  }
  const sizes = { gate: sizeOf('gate'), contention: sizeOf('contention') }
  return { benchmarks, sizes, quick, dir: resolve(dir), json, readme }
}

function readName(name: string): BenchmarkName {
  if (name in full) return name as BenchmarkName
  throw new Error(`no benchmark "${name}": there are ${Object.keys(full).join(' and ')}`)
}

function readCounts(flag: string, text: string): number[] {
  return text.split(',').map((count) => readCount(flag, count))
}

function readCount(flag: string, text: string): number {
  const count = Number(text)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new Error(`--${flag} takes whole numbers from 1, not "${text}"`)
}
