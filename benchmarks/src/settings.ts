/** The settings of a benchmark. */
export interface Settings extends Size {
  /** Folder of this run, on the disk under test. */
  dir: string
  /** Called with a text that describes the progress. */
  onProgress(text: string): void
}

/** How much a benchmark measures. */
export interface Size {
  /** Number of rounds. Each round measures every cell once. */
  pairs: number
  /** Number of calls in a sample of `gate`, `metrics` and `run`. */
  calls: number
  /** The scenarios of `job`. */
  scenarios: ScenarioName[]
  /** Number of measured steps in a sample of `trainer` and of `job`'s scenario `steps`, and of sums in one of `collectives`. */
  steps: number
  /** Numbers of ranks. The scenarios a to g of `job` use the largest. */
  worldSizes: number[]
  /** Numbers of lines that a rank logs in a step. */
  lines: number[]
  /** Number of lines of a rank, or of scalars, in a sample. For `merge`: number of lines in all files. */
  records: number
  /** Duration of a sample of `memory`, and of the scenarios b, e and g of `job`. */
  seconds: number
  /** Duration of `soak`, `fuzz` and `calls`. */
  minutes: number
  /** Number of jobs of `kill`. */
  runs: number
  /** Seed of the random faults, kills, lines and programs. */
  seed: number
}

/** The scenarios of `job`. */
export const scenarioNames = ['steps', 'a', 'b', 'c', 'd', 'e', 'f', 'g'] as const

export type ScenarioName = (typeof scenarioNames)[number]
