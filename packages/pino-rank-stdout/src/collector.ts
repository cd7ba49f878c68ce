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
  tryWriteAll,
} from './collector/index.ts'
