import { tmpdir } from 'node:os'
import { type BenchmarkName, benchmarkNames, questions } from './questions.ts'
import { type Size, scenarioNames } from './settings.ts'
import { fullSizes } from './sizes.ts'
import { suiteMinutes, suiteName, suiteQuestion } from './users-suite.ts'
import { wrap } from './wrap.ts'

const width = 118

/** An option, its description, the field of `Size` with its defaults, and the benchmarks that use it. */
type Row = [option: string, about: string, figure?: keyof Size, of?: readonly BenchmarkName[]]

const rows: readonly Row[] = [
  [
    '--pairs N',
    'rounds; each measures every cell once. A claim of less than 20 % needs 20',
    'pairs',
    ['gate', 'job', 'writer', 'memory', 'metrics', 'encoder', 'merge', 'run', 'trainer', 'collectives', 'ddp'],
  ],
  ['--calls N', 'number of log calls in a sample', 'calls', ['gate', 'metrics', 'run']],
  ['--scenario LIST', `scenarios of job: ${scenarioNames.join(', ')} (default: all)`],
  ['--world-sizes LIST', 'numbers of ranks', 'worldSizes', ['job', 'writer', 'soak', 'collectives']],
  ['--lines LIST', 'numbers of lines that a rank logs in a step of the scenario "steps"', 'lines', ['job']],
  [
    '--steps N',
    'number of steps in a sample of trainer and ddp, and of the scenario "steps"; of sums in one of collectives',
    'steps',
    ['job', 'trainer', 'collectives', 'ddp'],
  ],
  [
    '--records N',
    'number of lines of a rank, or of scalars, in a sample; for merge: number of lines of 150 B in all files',
    'records',
    ['job', 'writer', 'metrics', 'encoder', 'merge', 'run'],
  ],
  ['--seconds N', 'duration of a sample', 'seconds', ['memory', 'job']],
  ['--minutes N', 'duration of the benchmark', 'minutes', ['soak', 'fuzz', 'calls']],
  ['--runs N', 'number of jobs that are killed', 'runs', ['kill']],
  [
    '--seed N',
    'seed of the faults of soak, of the kills of kill, of the lines of fuzz, and of the first program of calls',
    'seed',
    ['soak', 'fuzz', 'calls', 'kill'],
  ],
  ['--quick', 'only check that everything runs, in 20 seconds each; without intervals, verdicts and files'],
  [
    '--dir DIR',
    `an existing folder on the disk to measure; all files in it are removed at the end (default: ${tmpdir()})`,
  ],
  ['--json FILE', 'file for the figures of one benchmark (default: bench-BENCHMARK.json in the current folder)'],
  ['--publish', 'write the figures into benchmarks/results, which is tracked, and write the pages from them'],
  ['--pages', 'measure nothing; write the pages and the headlines in the READMEs again from benchmarks/results'],
  ['-h, --help', 'print this help'],
]

const examples: readonly (readonly [string, string])[] = [
  ['writer --dir /scratch/me', 'one of them, on your own disk'],
  ['job --scenario a,e', 'some scenarios of one of them'],
  [`${suiteName} --ranks 8 --disks given`, 'ranklog-bench, with its own options'],
  ['soak --minutes 60 --seed 7', 'a longer soak, with other faults'],
  ['calls --seed 4711 --minutes 1', 'begins with the program of this seed, which a failure names'],
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
    'Measures our loggers and tools, and in the same rounds plain pino, winston, GNU sort and others.',
    `Without a name, all benchmarks run. This takes about ${(total / 60).toFixed(1)} hours on two quiet cores.`,
    '',
    'Benchmarks (rough time):',
    list([suite, ...benchmarks]),
    '',
    `Options of all benchmarks except ${suiteName}, which gets only --dir and --quick in a run of all:`,
    list(options),
    '',
    'Exit status: 1 if one of our lines is lost, torn or doubled that must not be, or if a benchmark cannot run; otherwise 0.',
    '',
    'Examples:',
    list(examples.map(([command, about]) => [`npm run bench -- ${command}`, about])),
    '',
  ].join('\n')
}

/** Returns the most common default, followed by the benchmarks with another one: `20; job 6`. */
function defaultsOf(figure: keyof Size, names: readonly BenchmarkName[]): string {
  const defaultOf = (name: BenchmarkName) => [fullSizes[name][figure]].flat().join(',')
  const byValue = new Map<string, BenchmarkName[]>()
  for (const name of names) byValue.set(defaultOf(name), [...(byValue.get(defaultOf(name)) ?? []), name])
  const [[most] = [''], ...others] = [...byValue].sort(([, a], [, b]) => b.length - a.length)
  return [most, ...others.map(([value, of]) => `${of.join(', ')} ${value}`)].join('; ')
}

/** Returns rows as two columns. The second one is wrapped. */
function list(rows: readonly (readonly [string, string])[]): string {
  const column = Math.max(...rows.map(([name]) => name.length)) + 4
  return rows
    .map(([name, about]) => `  ${name}`.padEnd(column) + wrap(about, width - column).join(`\n${' '.repeat(column)}`))
    .join('\n')
}
