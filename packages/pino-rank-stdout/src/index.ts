export type { StdoutOptions, StdoutStats, StdoutStream } from './stdout-stream.ts'
export { rank, stdoutStream } from './stdout-stream.ts'
export { default } from './transport.ts'
