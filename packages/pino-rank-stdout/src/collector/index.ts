/** The collector: receives the lines of all ranks of a host over a socket, and writes them in order. */

export {
  type Collector,
  type CollectorOptions,
  type CollectorStats,
  startCollector,
  tryStartCollector,
} from './collector.ts'
export { CollectorSocket, type CollectorSocketOptions } from './collector-socket.ts'
export { fileIdOf, isPipe } from './file-id.ts'
export {
  maxWaitMs,
  type OutputOptions,
  type OutputSettings,
  outputOptionKeys,
  outputSettings,
} from './output-options.ts'
export {
  ackBytes,
  closed,
  type Hello,
  heartbeatMs,
  maxSilenceMs,
  refused,
  startWindowBytes,
  windowBytes,
} from './protocol.ts'
export { newSocketPath, socketEnv, socketPath } from './socket-path.ts'
export { concatBlocks, tryWriteAll, writeChunks } from './write-chunks.ts'
