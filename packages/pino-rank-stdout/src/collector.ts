export {
  type Collector,
  type CollectorOptions,
  CollectorSocket,
  type CollectorSocketOptions,
  type CollectorStats,
  concatBlocks,
  fileIdOf,
  newSocketPath,
  startCollector,
  tryWriteAll,
  writeChunks,
} from './collector/index.ts'
