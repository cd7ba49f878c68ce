/** A rank's end of the connection to the collector. It keeps what is not acknowledged. */
export { CollectorSink } from './collector-sink.ts'
export { OwnCollector } from './own-collector.ts'
export { Pm2Sink, pm2Stdout } from './pm2-sink.ts'
export { StdoutSink } from './stdout-sink.ts'
