/**
 * For authors of metric sinks: the declaration and the options that all metric sinks have. A rank that is gated out loads this
 * entry, because the bundle puts it into a sink's rank.js. So it must not import anything that writes.
 */

export type {
  MetricFileOptions,
  MetricFileSettings,
  MetricOptions,
  MetricRank,
  MetricRankDefinition,
  MetricSettings,
} from './sink/index.ts'
export {
  folderOption,
  metricFileKeys,
  metricFileSettings,
  metricKeys,
  metricRank,
  metricSettings,
  textOption,
} from './sink/index.ts'
