/**
 * What all metric sinks share. `metricRank` is their declaration to the gate, `metricSettings` checks the options that each of
 * them has, and `metricSink` makes the target and the stream of one from its settings and its `RunWriter`.
 */
export {
  type MetricFileOptions,
  type MetricFileSettings,
  type MetricOptions,
  type MetricSettings,
  metricFileKeys,
  metricFileSettings,
  metricKeys,
  metricRank,
  metricSettings,
  type SettingsOf,
} from './metric-options.ts'
export { type MetricSink, type MetricSinkDefinition, metricSink, type StreamOptions } from './metric-sink.ts'
export { type PathOptions, pathOption, textOption } from './path-option.ts'
