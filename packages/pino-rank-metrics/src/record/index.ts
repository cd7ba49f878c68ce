/**
 * The metric records of a log: their content (`MetricRecord`), and the reader that finds them in the text of the log
 * (`MetricReader`). Values that are not metrics are ignored and reported once for each name (`NameWarnings`).
 */
export { MetricReader } from './metric-reader.ts'
export type { Histogram, Hparam, HparamItem, HparamList, Image, MetricRecord, RunEnd } from './metric-record.ts'
export { endOf } from './metric-record.ts'
export { NameWarnings } from './name-warnings.ts'
export { metricSerializers } from './named-numbers.ts'
