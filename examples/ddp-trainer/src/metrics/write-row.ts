import type { Row } from './metrics.ts'

/** The part of a logger that takes metrics. */
export interface MetricLogger {
  logMetrics(metrics: Row, step: number, epoch?: number): void
}

/**
 * Writes a row to each logger, unless it is empty. A metric with the name `step` replaces the step, and the row then has no epoch. One
 * with the name `epoch` replaces the epoch.
 */
export function writeRow(
  loggers: readonly MetricLogger[],
  row: Row,
  { step, epoch }: { step: number; epoch?: number },
): void {
  const { step: ownStep, epoch: ownEpoch, ...metrics } = row
  if (Object.keys(metrics).length === 0) return
  const place = ownStep === undefined ? ([step, ownEpoch ?? epoch] as const) : ([ownStep, ownEpoch] as const)
  for (const logger of loggers) logger.logMetrics(metrics, ...place)
}
