/** The metrics, hyperparameters and end of a run that one record of a log has. */
export interface MetricRecord {
  /** The record's `time`, in ms since 1970. */
  time: number
  /** The record's `step`, a whole number from 0. If the record has none, the step of the previous record. */
  step: number
  epoch: number | undefined
  /** The record's `rank`. */
  rank: number | 'unknown' | undefined
  /** The values may be NaN or infinite. */
  scalars: [name: string, value: number][]
  texts: [name: string, text: string][]
  histograms: [name: string, histogram: Histogram][]
  images: [name: string, image: Image][]
  hparams: [name: string, value: Hparam][]
  /** Lists and empty objects among the hyperparameters, as they were logged. In `hparams` they are JSON text. */
  hparamLists: [name: string, value: HparamList][]
  /** How the run ended. Undefined if the record does not say it. */
  end: RunEnd | undefined
}

export type Hparam = number | string | boolean | null

export type HparamList = readonly HparamItem[] | { readonly [key: string]: HparamItem }

export type HparamItem = Hparam | HparamList

/** The number of values between each two neighbouring edges. */
export interface Histogram {
  counts: number[]
  /** Ascending, one more than `counts`. */
  edges: number[]
}

export interface Image {
  png: Buffer
  /** In pixels. */
  width: number
  height: number
}

/** How a run ended, as W&B and MLflow name it. */
export interface RunEnd {
  status: 'finished' | 'failed' | 'killed'
  exitCode: number
}

const codes: Record<RunEnd['status'], number> = { finished: 0, failed: 1, killed: 137 }

/** Exit codes of a process that ended by SIGINT, SIGKILL or SIGTERM, or that exits with the code of such an end. */
const killed = new Set([130, 137, 143])

/** Returns the end of a run whose process exited with this code. */
export function endOf(exitCode: number): RunEnd {
  const status = exitCode === 0 ? 'finished' : killed.has(exitCode) ? 'killed' : 'failed'
  return { status, exitCode }
}

/** Returns the end of a record's field `run`, `{ status }` or `{ exitCode }`. Returns undefined if it has neither. */
export function endIn(run: unknown): RunEnd | undefined {
  const { status, exitCode } = (run ?? {}) as { status?: unknown; exitCode?: unknown }
  if (Number.isInteger(exitCode)) return endOf(exitCode as number)
  if (typeof status !== 'string' || !Object.hasOwn(codes, status)) return undefined
  const known = status as RunEnd['status']
  return { status: known, exitCode: codes[known] }
}
