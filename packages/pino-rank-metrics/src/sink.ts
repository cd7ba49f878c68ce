/** For authors of metric sinks: the reader of metric records, the target and stream of a sink, and a file for binary records. */

export type { Field, RecordFileOptions } from './binary/index.ts'
export {
  doubleField,
  field,
  fieldsOf,
  putVarint,
  RecordFile,
  varintSize,
  wholeField,
} from './binary/index.ts'
export type { Histogram, Hparam, HparamItem, HparamList, Image, MetricRecord, RunEnd } from './record/index.ts'
export { MetricReader, NameWarnings } from './record/index.ts'
export type { MetricStats, MetricStream, MetricStreamOptions, RunWriter } from './run/index.ts'
export type { MetricSink, MetricSinkDefinition, StreamOptions } from './sink/index.ts'
export { metricSink } from './sink/index.ts'
