import type { Row } from './metrics.ts'

/** What a row is written to. */
export interface RowTarget {
  readonly isGlobalZero: boolean
  readonly loggers: readonly { logMetrics(metrics: Row, step: number, epoch?: number): void }[]
}

/**
 * Writes a row to each logger on rank 0, unless it is empty. A metric with the name `step` replaces the step, and the row then has no
 * epoch. One with the name `epoch` replaces the epoch.
 */
export function writeRow({ isGlobalZero, loggers }: RowTarget, row: Row, step: number, epoch?: number): void {
  const { step: ownStep, epoch: ownEpoch, ...metrics } = row
  if (!isGlobalZero || Object.keys(metrics).length === 0) return
  const place = ownStep === undefined ? ([step, ownEpoch ?? epoch] as const) : ([ownStep, ownEpoch] as const)
  for (const logger of loggers) logger.logMetrics(metrics, ...place)
}
