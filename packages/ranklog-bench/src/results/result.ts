/** Version of {@link Result}. New names of modes are a new version, too, because the cells of two runs are matched by them. */
export const resultFormat = 2

/** What a run of the benchmark has measured, as `--json` writes it. Times are in ms, sizes in bytes, unless a name says otherwise. */
export interface Result {
  format: typeof resultFormat
  suite: 'contention'
  /** Start of the run, ISO 8601. */
  date: string
  machine: Machine
  /** Versions of node, pino, our packages and the rivals that were found. */
  versions: Record<string, string>
  /** The command line's values, after defaults. */
  options: Record<string, unknown>
  disks: Disk[]
  /** One for each combination of disk, mode, ranks, lines and line size. */
  cells: Cell[]
  /** Combinations whose job ended with an error. They have no cell. */
  failed: FailedCell[]
  /** What ranks wrote to stderr, each text once, with the mode. */
  messages: string[]
  noise: Noise
}

export interface FailedCell extends Pick<Cell, 'disk' | 'mode' | 'ranks' | 'linesPerStep' | 'lineBytes'> {
  /** What ended the job, with the stderr of the rank that did. */
  error: string
}

/** What figures depend on, and nothing that names the machine or its user. */
export interface Machine {
  cpu: string
  cores: number
  memoryGB: number
  /** E.g. `linux x64`. */
  platform: string
}

export interface Disk {
  /** How cells name it: `given`, `tmpfs`, `throttled`, `fsync`. */
  name: 'given' | 'tmpfs' | 'throttled' | 'fsync'
  /** E.g. `ext4`. */
  fileSystem: string
  /** Measured by appending until well past the page cache's help, with one fsync at the end; undefined where it was not measured. */
  bytesPerSecond?: number
  /** Median time of an fsync after 4 KiB. */
  fsyncMs?: number
  /** Anything that a reader has to know, e.g. that dirty pages are not bounded; or why this disk was not measured. */
  note?: string
}

/** How the ranks log; `mode` names of the suite. */
export interface Cell {
  disk: Disk['name']
  mode: string
  ranks: number
  linesPerStep: number
  lineBytes: number
  /** What it was measured for: the question itself, a control (the same as another cell), or the cost against one size. */
  part: 'modes' | 'control' | 'ranks' | 'lines' | 'bytes'
  rounds: Round[]
}

/** One job of `ranks` processes. Quantiles are over the steps of all ranks, without the warm-up. */
export interface Round {
  steps: number
  /** Of a step: the work, the log calls, and the wait for the slowest rank. */
  p50: number
  p95: number
  p99: number
  max: number
  /**
   * Mean time in the log calls of a step and in the turn of the event loop after them, in which loggers write, on the main thread: rank 0,
   * and the other ranks (null: there are none).
   */
  stallRank0: number
  stallOthers: number | null
  /** The longest single log call. */
  longestCall: number
  /** Mean time that a rank waits in a step for the slowest one, beyond what the same barrier takes without logging. */
  barrierLoss: number
  linesPerSecond: number
  /** Bytes in the files at the end. */
  bytes: number
  /** write(2) calls of all ranks; null where the system does not count them. */
  writeCalls: number | null
  contextSwitches: number
  /** User and system time of all ranks, in ms a step. */
  cpu: number
  /** The largest resident set of a rank, in MB. */
  rss: number
  /** Lines logged, and found by reading the files back. */
  logged: number
  found: number
  torn: number
  lost: number
  twice: number
  /** Step times of a sample of steps, evenly chosen from all ranks: at most 2000 in the rounds of a cell together. */
  sample: number[]
  /** The steps around the longest one of the cell, for each rank: at most 40 steps, each [start, work, stall, barrier] in ms. One round has it. */
  timeline?: [start: number, work: number, stall: number, barrier: number][][]
}

/** What made the figures less sure. */
export interface Noise {
  /** Median over the cells of (third quartile − first quartile) ÷ median of p50 between rounds. */
  spread: number
  /** CPU time that other processes took while the benchmark ran, as part of all cores; null where it is not known. */
  otherCpu: number | null
  /** E.g. `p50 of "no logging" varied by 18 % between rounds`, `another process used 1.2 of 2 cores`. Empty: a quiet machine. */
  warnings: string[]
}
