/**
 * A run, from its first record to its end: a sink's writer (`RunWriter`), the pino destination in front of it (`MetricStream`),
 * and the end of a run whose process ends otherwise than its stream (`EndedRun`).
 */
export { type InfoLog, logExit } from './log-exit.ts'
export { MetricStream, type MetricStreamOptions } from './metric-stream.ts'
export type { MetricStats, RunWriter } from './run-writer.ts'
