/** What a benchmark is told. */
export interface Settings extends Size {
  /** A folder of its own on the disk under test. */
  dir: string
  /** Says how far it is. */
  tell(text: string): void
}

/** How much it measures. */
export interface Size {
  /** Rounds, each of which measures every cell once. */
  pairs: number
  /** Calls in a sample of `gate`. */
  calls: number
  /** What `job` measures. */
  scenarios: ScenarioName[]
  /** Measured steps in a sample of `job`'s scenario `steps`. */
  steps: number
  /** Numbers of ranks; the scenarios a to g of `job` take the largest. */
  worldSizes: number[]
  /** Numbers of lines that a rank logs in a step. */
  lines: number[]
  /** Lines that a rank logs in a sample of `writer`. */
  records: number
  /** How long a sample of `memory`, or of `job`'s b, e and g, logs. */
  seconds: number
  /** How long `soak` lets faults happen. */
  minutes: number
  /** Of the faults' generator. */
  seed: number
}

/** The scenarios of `job`. */
export const scenarioNames = ['steps', 'a', 'b', 'c', 'd', 'e', 'f', 'g'] as const

export type ScenarioName = (typeof scenarioNames)[number]
