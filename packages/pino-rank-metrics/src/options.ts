/**
 * For authors of metric sinks: the declaration and the options that all metric sinks have. The bundle puts it into a sink's
 * rank.js, so it loads nothing that writes.
 */

export type {
  MetricFileOptions,
  MetricFileSettings,
  MetricOptions,
  MetricSettings,
  PathOptions,
  SettingsOf,
} from './sink/index.ts'
export {
  metricFileKeys,
  metricFileSettings,
  metricKeys,
  metricRank,
  metricSettings,
  pathOption,
  textOption,
} from './sink/index.ts'
