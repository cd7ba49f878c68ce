/** What one record of a log says of a run. A record without any of this is no metric record. */
export interface MetricRecord {
  /** The record's `time`, in ms since 1970. */
  time: number
  /** A whole number from 0: the record's `step`, or that of the record before. */
  step: number
  epoch: number | undefined
  /** The record's `rank`. */
  rank: number | 'unknown' | undefined
  /** NaN and infinities among them. */
  scalars: [name: string, value: number][]
  texts: [name: string, text: string][]
  histograms: [name: string, histogram: Histogram][]
  images: [name: string, image: Image][]
  hparams: [name: string, value: Hparam][]
  /** Lists and empty objects among the hyperparameters, as they were logged. In `hparams` they are JSON text. */
  hparamLists: [name: string, value: HparamList][]
  /** How the run has ended. */
  end: RunEnd | undefined
}

export type Hparam = number | string | boolean | null

export type HparamList = readonly HparamItem[] | { readonly [key: string]: HparamItem }

export type HparamItem = Hparam | HparamList

/** How often values fell between edges. */
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

/** How a run has ended, in the words of its readers. */
export interface RunEnd {
  status: 'finished' | 'failed' | 'killed'
  exitCode: number
}

const codes: Record<RunEnd['status'], number> = { finished: 0, failed: 1, killed: 137 }

/** Exit codes of a process that SIGINT, SIGKILL or SIGTERM has ended, or that ends itself as one of them would. */
const killed = new Set([130, 137, 143])

/** Returns the end that a process's exit code means. */
export function endOf(exitCode: number): RunEnd {
  const status = exitCode === 0 ? 'finished' : killed.has(exitCode) ? 'killed' : 'failed'
  return { status, exitCode }
}

/** Returns the end that a record's `run` gives, `{ status }` or `{ exitCode }`. Undefined if it gives none. */
export function endIn(run: unknown): RunEnd | undefined {
  const { status, exitCode } = (run ?? {}) as { status?: unknown; exitCode?: unknown }
  if (Number.isInteger(exitCode)) return endOf(exitCode as number)
  if (typeof status !== 'string' || !Object.hasOwn(codes, status)) return undefined
  const known = status as RunEnd['status']
  return { status: known, exitCode: codes[known] }
}
