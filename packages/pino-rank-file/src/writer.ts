/** For authors of sinks: appends whole lines to one file, as a sink and as a stream. */
export type { AppendFile } from './append/index.ts'
export type { AppendSinkSettings } from './line-file/index.ts'
export { appendSink, lineFileStream, movableFileStream } from './line-file/index.ts'
