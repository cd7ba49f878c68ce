/** What a rank does. */
export interface RankJob {
  /** A name of `modes`. */
  mode: string
  rank: number
  ranks: number
  /** The folder of its log files. */
  folder: string
  lines: number
  lineBytes: number
  /** A step's work, in ms: a wait that leaves the CPU idle, as for a GPU. */
  stepMs: number
  /** Instead: this number of rounds of `compute`; 0: none. */
  spinRounds: number
  /**
   * Number of first steps that are not reported, because a rank still compiles its code. The warm-up ends earlier, after
   * {@link minWarmUpSteps}, if it has taken `warmUpMs`. 0: all steps are reported.
   */
  warmUpSteps: number
  warmUpMs: number
  /** Rank 0 ends the job after the step in which this time is over, in ms, or after this number of reported steps. */
  durationMs: number
  steps: number
  /** True: fsync after each line, where the mode can. */
  fsync: boolean
  /** Absolute paths of the packages of others, by their names. */
  rivals: Record<string, string>
  /** Of each step, that of a rank which works longer than the others, in ms: for tests. @default none */
  slow?: { rank: number; extraMs: number }
}

/** What a rank saw. Times are in ms, of a clock that all processes of the machine share. */
export interface RankReport {
  /** Of each reported step: its start, its work, its log calls and the turn of the event loop after them, the barrier, and all of it. */
  start: Float64Array
  work: Float64Array
  stall: Float64Array
  barrier: Float64Array
  step: Float64Array
  longestCall: number
  /** Steps of the warm-up, too. */
  allSteps: number
  /** From the first reported step until the destination has closed: the time, and what the process used. */
  wallMs: number
  writeCalls: number | null
  contextSwitches: number
  cpuMs: number
  /** Largest resident set, in MB. */
  rss: number
}

/** After this number of steps a warm-up may end early. */
export const minWarmUpSteps = 5

/** Exit code of a rank that ends because another one has ended. */
export const peerGoneCode = 86

/** The descriptor of the first pipe of a rank: those of the standard streams and the IPC channel come before it. */
export const firstPipe = 4
