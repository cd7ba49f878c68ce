/**
 * The parts that all metric sinks share. `metricRank` returns the declaration that the gate reads, `metricSettings` checks the
 * options that every metric sink has, and `metricSink` builds the target and the stream from the declaration and a `RunWriter`.
 */
export {
  folderOption,
  type MetricFileOptions,
  type MetricFileSettings,
  type MetricOptions,
  type MetricSettings,
  metricFileKeys,
  metricFileSettings,
  metricKeys,
  metricSettings,
  textOption,
} from './metric-options.ts'
export { type MetricRank, type MetricRankDefinition, metricRank } from './metric-rank.ts'
export { type MetricSink, type MetricSinkDefinition, metricSink, type StreamOptions } from './metric-sink.ts'
