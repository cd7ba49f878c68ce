/** The sinks of a rank: to a collector, directly to fd 1, and to PM2's stdout. */
export { CollectorSink } from './collector-sink.ts'
export { OwnCollector } from './own-collector.ts'
export { Pm2Sink, pm2Stdout } from './pm2-sink.ts'
export { StdoutSink } from './stdout-sink.ts'
