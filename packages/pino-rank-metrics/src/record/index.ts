/**
 * The metric records of a log: what a record says of a run (`MetricRecord`), and how it is read out of the log's text
 * (`MetricReader`). Values that are no metric are left out and reported once for each name (`NameWarnings`).
 */
export { MetricReader } from './metric-reader.ts'
export type { Histogram, Hparam, HparamItem, HparamList, Image, MetricRecord, RunEnd } from './metric-record.ts'
export { endOf } from './metric-record.ts'
export { NameWarnings } from './name-warnings.ts'
export { metricSerializers } from './named-numbers.ts'
