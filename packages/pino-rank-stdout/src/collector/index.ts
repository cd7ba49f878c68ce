/** The collector: it takes the lines of a host's ranks over a socket and writes them in order. */

export { Collector, type CollectorOptions, type CollectorStats, startCollector } from './collector.ts'
export { CollectorSocket, type CollectorSocketOptions } from './collector-socket.ts'
export { isPipe, outOf } from './out-of.ts'
export { joined, pour, tryWriteAll } from './pour.ts'
export { answerBytes, type Hello, heartbeatMs, left, refused, silentMs, startBytes, windowBytes } from './protocol.ts'
export { newSocketPath, socketPath } from './socket-path.ts'
