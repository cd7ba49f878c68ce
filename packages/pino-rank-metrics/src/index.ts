export { metricSerializers } from './record/index.ts'
export type { InfoLog, MetricStats, MetricStream } from './run/index.ts'
export { logExit } from './run/index.ts'
