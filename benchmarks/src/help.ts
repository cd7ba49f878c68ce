import { tmpdir } from 'node:os'
import { type BenchmarkName, benchmarkNames, questions } from './questions.ts'
import { type Size, scenarioNames } from './settings.ts'
import { fullSizes } from './sizes.ts'
import { suiteMinutes, suiteName, suiteQuestion } from './users-suite.ts'
import { wrap } from './wrap.ts'

const width = 118

/** An option, what it does, and the field of a size that has its defaults. */
type Row = [option: string, about: string, figure?: keyof Size, of?: readonly BenchmarkName[]]

const rows: readonly Row[] = [
  [
    '--pairs N',
    'rounds, each of which measures every cell once; a claim under 20 % needs 20',
    'pairs',
    ['gate', 'job', 'writer', 'memory', 'metrics', 'encoder', 'merge', 'run'],
  ],
  ['--calls N', 'log calls in a sample', 'calls', ['gate', 'metrics', 'run']],
  ['--scenario LIST', `scenarios of job: ${scenarioNames.join(', ')} (default: all)`],
  ['--world-sizes LIST', 'numbers of ranks', 'worldSizes', ['job', 'writer', 'soak']],
  ['--lines LIST', 'lines that a rank logs in a step of the scenario steps', 'lines', ['job']],
  ['--steps N', 'steps in a sample of the scenario steps', 'steps', ['job']],
  [
    '--records N',
    'lines of a rank, or scalars, in a sample; of merge: lines of 150 B in all files',
    'records',
    ['job', 'writer', 'metrics', 'encoder', 'merge', 'run'],
  ],
  ['--seconds N', 'length of a sample', 'seconds', ['memory', 'job']],
  ['--minutes N', 'length of the whole', 'minutes', ['soak', 'fuzz', 'calls']],
  [
    '--seed N',
    'of the faults of soak, the lines of fuzz, the first program of calls',
    'seed',
    ['soak', 'fuzz', 'calls'],
  ],
  ['--quick', 'within 20 seconds each: does it run? No intervals, no verdicts on goals, no file'],
  ['--dir DIR', `an existing folder on the disk under test; what is written there is removed (default: ${tmpdir()})`],
  ['--json FILE', 'where the figures of one benchmark go (default: bench-BENCHMARK.json in the current folder)'],
  ['--publish', 'put the figures into benchmarks/results, which is tracked, and write the pages from them'],
  ['--pages', 'measure nothing: write the pages and the headlines in the READMEs from benchmarks/results again'],
  ['-h, --help', 'print this'],
]

const examples: readonly (readonly [string, string])[] = [
  ['writer --dir /scratch/me', 'one of them, on your own disk'],
  ['job --scenario a,e', 'some scenarios of one of them'],
  [`${suiteName} --ranks 8 --disks given`, 'ranklog-bench, with its own options'],
  ['soak --minutes 60 --seed 7', 'longer, and other faults'],
  ['calls --seed 4711 --minutes 1', 'begins with that program; a failure names its own seed'],
]

/** Returns what `--help` prints. */
export function helpText(): string {
  const total = benchmarkNames.reduce((sum, name) => sum + questions[name].minutes, suiteMinutes)
  const benchmarks = benchmarkNames.map((name) => {
    const { question, minutes } = questions[name]
    return [name, `${question} (${minutes}\u00a0min)`] as const
  })
  const suite = [suiteName, `${suiteQuestion} Options: ${suiteName} --help. (${suiteMinutes}\u00a0min)`] as const
  const options = rows.map(([option, about, figure, of]) => {
    return [option, figure && of ? `${about} (default: ${defaultsOf(figure, of)})` : about] as const
  })
  return [
    'Usage: npm run bench -- [BENCHMARK...] [OPTION...]',
    '',
    'Measures our loggers and tools, and plain pino, winston, GNU sort and others in the same rounds.',
    `Without a name all benchmarks run: about ${(total / 60).toFixed(1)} hours on two quiet cores.`,
    '',
    'Benchmarks (rough time):',
    list([suite, ...benchmarks]),
    '',
    `Options of all but ${suiteName}; in a run of all it gets --dir and --quick:`,
    list(options),
    '',
    'Exit status: 0; 1 where a line of ours is lost, torn or doubled that may not be, or a benchmark cannot run.',
    '',
    'Examples:',
    list(examples.map(([command, about]) => [`npm run bench -- ${command}`, about])),
    '',
  ].join('\n')
}

/** The default of most, then those that differ: `20; job 6`. */
function defaultsOf(figure: keyof Size, names: readonly BenchmarkName[]): string {
  const defaultOf = (name: BenchmarkName) => [fullSizes[name][figure]].flat().join(',')
  const byValue = new Map<string, BenchmarkName[]>()
  for (const name of names) byValue.set(defaultOf(name), [...(byValue.get(defaultOf(name)) ?? []), name])
  const [[most] = [''], ...others] = [...byValue].sort(([, a], [, b]) => b.length - a.length)
  return [most, ...others.map(([value, of]) => `${of.join(', ')} ${value}`)].join('; ')
}

/** Two columns; the second is wrapped. */
function list(rows: readonly (readonly [string, string])[]): string {
  const column = Math.max(...rows.map(([name]) => name.length)) + 4
  return rows
    .map(([name, about]) => `  ${name}`.padEnd(column) + wrap(about, width - column).join(`\n${' '.repeat(column)}`))
    .join('\n')
}
