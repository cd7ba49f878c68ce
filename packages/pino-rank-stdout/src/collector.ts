export {
  Collector,
  type CollectorOptions,
  CollectorSocket,
  type CollectorSocketOptions,
  type CollectorStats,
  joined,
  newSocketPath,
  outOf,
  pour,
  startCollector,
  writeAll,
} from './collector/index.ts'
