/**
 * A run, from its first record to its end: the writer of a sink's format (`RunWriter`), the pino destination that passes metric
 * records to it (`MetricStream`), and the correction of a run's end when the process exits (`EndedRun`).
 */
export { type InfoLog, logExit } from './log-exit.ts'
export { MetricStream, type MetricStreamOptions } from './metric-stream.ts'
export type { MetricStats, RunWriter } from './run-writer.ts'
