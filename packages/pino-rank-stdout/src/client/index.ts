/** A rank's end of the connection to the collector. It keeps what is not acknowledged. */
export { CollectedEnd } from './collected-end.ts'
export { OwnCollector } from './own-collector.ts'
export { StdoutEnd } from './stdout-end.ts'
