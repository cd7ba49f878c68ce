/** What MLflow is told of a run, in the order in which it is told: one request, and one line of a spool. */
export type RunPart =
  | { metrics: Metric[] }
  | { params: Param[] }
  | { artifact: { path: string; base64: string } }
  | { end: { status: 'FINISHED' | 'FAILED' | 'KILLED'; time: number } }

/** A metric as the REST API takes it; `value` is text where it is not finite. */
export interface Metric {
  key: string
  value: number | string
  timestamp: number
  step: number
}

export interface Param {
  key: string
  value: string
}

/** Which run it is. */
export interface RunHead {
  /** Ours: the tag by which a run is found whose creation was not answered. */
  uuid: string
  experiment: string
  name?: string | undefined
  tags: Record<string, string>
  /** In ms since 1970. */
  start: number
  /** MLflow's, once it is known, or of a run that goes on. */
  runId?: string | undefined
}

/** Maximum number of values in one request. */
export const maxPerRequest = { metrics: 1000, params: 100 } as const
