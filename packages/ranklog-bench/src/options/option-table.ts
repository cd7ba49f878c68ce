/** One option of the command line. */
export interface Option {
  /** What stands for its value in the help; undefined: it has none. */
  value?: string
  short?: string
  /** As a user would write it; undefined: off, or as `about` says. */
  default?: string
  /** With `--quick`, unless it is given. */
  quick?: string
  /** A value to show in an error, if there is no default. */
  example?: string
  /** One clause, with the unit. */
  about: string
}

export type OptionName =
  | 'dir'
  | 'ranks'
  | 'lines'
  | 'line-bytes'
  | 'step'
  | 'spin'
  | 'duration'
  | 'rounds'
  | 'modes'
  | 'disks'
  | 'throttle'
  | 'scaling'
  | 'json'
  | 'report'
  | 'no-report'
  | 'compare'
  | 'force'
  | 'quick'
  | 'help'
  | 'version'

/** All options: the help, the defaults and the nearest name of a misspelt one come from here. */
export const options: Readonly<Record<OptionName, Option>> = {
  dir: { value: 'DIR', default: '.', about: 'folder on the disk to measure; it must exist' },
  ranks: { value: 'N,…', default: '1,2,4,8', quick: '2', about: 'ranks of a job, each a process' },
  lines: { value: 'N/step,…', default: '100/step', quick: '10/step', about: 'lines that each rank logs in a step' },
  'line-bytes': { value: 'SIZE,…', default: '300', about: 'size of a line in bytes: 300, 1k' },
  step: {
    value: 'TIME',
    example: '5ms',
    about: "a step's work (default: 5ms; on the throttled disk, what fits its rate)",
  },
  spin: { about: 'work keeps the CPU busy; without it a step waits, as for a GPU' },
  duration: {
    value: 'TIME',
    default: '20s',
    quick: '500ms',
    about: 'of all rounds of a mode together: 500ms, 20s, 2m',
  },
  rounds: { value: 'N', default: '5', quick: '1', about: 'jobs of each kind; fewer than 5 give no verdict' },
  modes: {
    value: 'NAME,…',
    example: 'none,gated',
    about: 'ways to log, as listed below; none: no logging; pino/file: to one file and to N files (default: all)',
  },
  disks: {
    value: 'NAME,…',
    default: 'given,tmpfs',
    quick: 'given',
    about: 'given: that of --dir; tmpfs: memory; fsync: --dir, with an fsync after each line',
  },
  throttle: { value: 'RATE', example: '10M', about: 'adds a disk with this rate: 10M is 10 MB/s (root, Linux)' },
  scaling: { about: 'also measures the cost against ranks (to 64), lines (to 1000) and sizes (to 10 kB)' },
  json: { value: 'FILE', example: 'result.json', about: 'where the figures go (default: ./ranklog-bench-TIME.json)' },
  report: { value: 'DIR', example: 'report', about: 'where the report goes (default: ./ranklog-bench-report-TIME/)' },
  'no-report': { about: 'writes no report' },
  compare: {
    value: 'FILE',
    example: 'old.json',
    about: 'compares with the figures of an earlier run; exit code 1 if a mode is slower',
  },
  force: { about: 'overwrites what --json and --report name' },
  quick: { about: 'a short test that everything runs; its figures mean nothing' },
  help: { short: 'h', about: 'shows this help' },
  version: { short: 'V', about: 'shows the version' },
}

/** Reports whether an option has this name. */
export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(options, name)
}
