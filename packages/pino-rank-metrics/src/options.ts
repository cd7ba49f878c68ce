/**
 * For authors of metric sinks: the declaration and the options that all metric sinks have. The bundle puts it into a sink's
 * rank.js, so it loads nothing that writes.
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
