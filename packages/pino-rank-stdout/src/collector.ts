export {
  type Collector,
  type CollectorOptions,
  CollectorSocket,
  type CollectorSocketOptions,
  type CollectorStats,
  concatBlocks,
  fileIdOf,
  newSocketPath,
  socketEnv,
  startCollector,
  tryWriteAll,
  writeChunks,
} from './collector/index.ts'
