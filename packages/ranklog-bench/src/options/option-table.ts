/** One option of the command line. */
export interface Option {
  /** Placeholder for the value in the help. Undefined: the option has no value. */
  value?: string
  short?: string
  /** The default, as a user would write it. Undefined: off, or `about` has the default. */
  default?: string
  /** The default with `--quick`. */
  quick?: string
  /** A valid value to show in an error. Needed if there is no default. */
  example?: string
  /** One clause for the help, with the unit. */
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

/** All options. The help, the defaults and the suggestion for a misspelt option are made from this table. */
export const options: Readonly<Record<OptionName, Option>> = {
  dir: { value: 'DIR', default: '.', about: 'folder on the disk to measure; it must exist' },
  ranks: { value: 'N,…', default: '1,2,4,8', quick: '2', about: 'ranks of a job, each a process' },
  lines: { value: 'N/step,…', default: '100/step', quick: '10/step', about: 'lines that each rank logs in a step' },
  'line-bytes': { value: 'SIZE,…', default: '300', about: 'size of a line in bytes: 300, 1k' },
  step: {
    value: 'TIME',
    example: '5ms',
    about: "time of a step's work (default: 5ms; longer on the throttled disk, so that its rate suffices)",
  },
  spin: { about: 'keeps the CPU busy during the work; without it a rank sleeps, as if it waited for a GPU' },
  duration: {
    value: 'TIME',
    default: '20s',
    quick: '500ms',
    about: 'time of all rounds of a mode together: 500ms, 20s, 2m',
  },
  rounds: {
    value: 'N',
    default: '5',
    quick: '1',
    about: 'jobs of each mode, one in each round; fewer than 5 give no verdict',
  },
  modes: {
    value: 'NAME,…',
    example: 'none,gated',
    about: 'ways to log, listed below; none is no logging; pino/file is both of its modes (default: all)',
  },
  disks: {
    value: 'NAME,…',
    default: 'given,tmpfs',
    quick: 'given',
    about: 'given: the disk of --dir; tmpfs: memory; fsync: the disk of --dir, with an fsync after each line',
  },
  throttle: {
    value: 'RATE',
    example: '10M',
    about: 'adds a disk with this write rate: 10M is 10 MB/s (needs root and Linux)',
  },
  scaling: { about: 'also measures the cost against ranks (to 64), lines (to 1000) and sizes (to 10 kB)' },
  json: { value: 'FILE', example: 'result.json', about: 'file for the figures (default: ./ranklog-bench-TIME.json)' },
  report: { value: 'DIR', example: 'report', about: 'folder for the report (default: ./ranklog-bench-report-TIME/)' },
  'no-report': { about: 'writes no report' },
  compare: {
    value: 'FILE',
    example: 'old.json',
    about: 'compares with the figures of an earlier run; exit code 1 if a mode is slower',
  },
  force: { about: 'replaces the file of --json and the folder of --report if they exist' },
  quick: { about: 'a smoke test of seconds; its figures mean nothing' },
  help: { short: 'h', about: 'shows this help' },
  version: { short: 'V', about: 'shows the version' },
}

/** Reports whether an option has this name. */
export function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(options, name)
}
