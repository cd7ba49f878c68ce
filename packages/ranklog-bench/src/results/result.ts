/** Version of {@link Result}. Changes also when modes get new names, because the cells of two runs are matched by name. */
export const resultFormat = 2

/** The result of a run, as `--json` writes it. Times are in ms and sizes in bytes, unless a name says otherwise. */
export interface Result {
  format: typeof resultFormat
  suite: 'contention'
  /** Start of the run, ISO 8601. */
  date: string
  machine: Machine
  /** Versions of node, pino, our packages, and the other loggers that are installed. */
  versions: Record<string, string>
  /** The values of all options, including defaults. */
  options: Record<string, unknown>
  disks: Disk[]
  /** One for each combination of disk, mode, ranks, lines and line size. */
  cells: Cell[]
  /** Combinations whose job ended with an error. They have no cell. */
  failed: FailedCell[]
  /** What ranks wrote to stderr, with the mode. Each text appears once. */
  messages: string[]
  noise: Noise
}

export interface FailedCell extends Pick<Cell, 'disk' | 'mode' | 'ranks' | 'linesPerStep' | 'lineBytes'> {
  /** How the job ended, with the stderr of the rank that failed first. */
  error: string
}

/** What the figures depend on. Contains nothing that identifies the machine or its user. */
export interface Machine {
  cpu: string
  cores: number
  memoryGB: number
  /** E.g. `linux x64`. */
  platform: string
}

export interface Disk {
  /** The name that cells refer to. */
  name: 'given' | 'tmpfs' | 'throttled' | 'fsync'
  /** E.g. `ext4`. */
  fileSystem: string
  /** Write rate when appending to a file, including one fsync at the end. Undefined: not measured. */
  bytesPerSecond?: number
  /** Median time of an fsync after 4 KiB. */
  fsyncMs?: number
  /** What a reader must know about this disk, for example that dirty pages are not bounded, or why it was not measured. */
  note?: string
}

/** One combination of disk, mode, ranks, lines and line size, with its figures. */
export interface Cell {
  disk: Disk['name']
  mode: string
  ranks: number
  linesPerStep: number
  lineBytes: number
  /** Why it was measured: to compare modes, as a control (a repetition of another cell), or for the cost against one size. */
  part: 'modes' | 'control' | 'ranks' | 'lines' | 'bytes'
  rounds: Round[]
}

/** One job of `ranks` processes. Quantiles are over the steps of all ranks, without the warm-up. */
export interface Round {
  steps: number
  /** Quantiles of the time of a step: the work, the log calls, and the wait for the slowest rank. */
  p50: number
  p95: number
  p99: number
  max: number
  /**
   * Mean time in the log calls of a step and in the turn of the event loop after them, in which loggers write on the main
   * thread. For rank 0, and for the other ranks (null if there are none).
   */
  stallRank0: number
  stallOthers: number | null
  /** The longest single log call. */
  longestCall: number
  /** Mean time that a rank waits for the slowest one in a step, minus the time of the same barrier without logging. */
  barrierLoss: number
  linesPerSecond: number
  /** Bytes in the files at the end. */
  bytes: number
  /** write(2) calls of all ranks; null if the system does not count them. */
  writeCalls: number | null
  contextSwitches: number
  /** User and system time of all ranks, in ms a step. */
  cpu: number
  /** The largest resident set of a rank, in MB. */
  rss: number
  /** Number of lines that were logged, and of lines that were found in the files. */
  logged: number
  found: number
  torn: number
  lost: number
  twice: number
  /** Times of a sample of steps, chosen evenly from all ranks: at most 2000 in all rounds of a cell. */
  sample: number[]
  /**
   * The steps around the longest step of the cell, for each rank: at most 40 steps, each [start, work, stall, barrier] in ms.
   * Only one round of a cell has it.
   */
  timeline?: [start: number, work: number, stall: number, barrier: number][][]
}

/** How noisy the machine was during the run. */
export interface Noise {
  /** Median over the cells of (third quartile − first quartile) ÷ median of p50 between rounds. */
  spread: number
  /** CPU time that other processes used during the run, as a fraction of all cores; null if it is not known. */
  otherCpu: number | null
  /** For example `another process used 1.2 of 2 cores`. Empty for a quiet machine. */
  warnings: string[]
}
