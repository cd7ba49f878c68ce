/** The job of one rank. */
export interface RankJob {
  /** A name of `modes`. */
  mode: string
  rank: number
  ranks: number
  /** The folder of its log files. */
  folder: string
  lines: number
  lineBytes: number
  /** Time of a step's work, in ms. The rank sleeps, as if it waited for a GPU. */
  stepMs: number
  /** If above 0, the work is this number of rounds of `compute` instead of a sleep. */
  spinRounds: number
  /**
   * Number of steps at the start that are not reported, because the JIT compiler is still at work. The warm-up ends earlier
   * if it has taken `warmUpMs`, but not before {@link minWarmUpSteps}. 0: all steps are reported.
   */
  warmUpSteps: number
  warmUpMs: number
  /** Rank 0 ends the job when the reported steps have taken `durationMs`, or when their number is `steps`. */
  durationMs: number
  steps: number
  /** True: fsync after each line, if the mode can. */
  fsync: boolean
  /** Absolute paths of the optional logging packages, by name. */
  rivals: Record<string, string>
  /** For tests: a rank whose work takes longer than that of the others, by `extraMs` in each step. @default none */
  slow?: { rank: number; extraMs: number }
}

/** The figures of one rank. Times are in ms, on a clock that is the same for all processes of the machine. */
export interface RankReport {
  /**
   * One value for each reported step: its start, the time of its work, the time of its log calls and of the turn of the
   * event loop after them, the time in the barrier, and the time of the whole step.
   */
  start: Float64Array
  work: Float64Array
  stall: Float64Array
  barrier: Float64Array
  step: Float64Array
  longestCall: number
  /** Number of all steps, with those of the warm-up. */
  allSteps: number
  /** The time from the first reported step until the destination has closed, and what the process used in that time. */
  wallMs: number
  writeCalls: number | null
  contextSwitches: number
  cpuMs: number
  /** Largest resident set, in MB. */
  rss: number
}

/** A warm-up has at least this number of steps. */
export const minWarmUpSteps = 5

/** Exit code of a rank that ends because another one has ended. */
export const peerGoneCode = 86

/** The descriptor of a rank's first pipe. The descriptors before it are the standard streams and the IPC channel. */
export const firstPipe = 4
