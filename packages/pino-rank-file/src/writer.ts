/** For authors of sinks: whole lines to any end, as a stream, in the family's form. */

export { atExit } from 'pino-rank/process'
export type { AppendFileOptions } from './append/index.ts'
export { AppendFile } from './append/index.ts'
export type { AppendSinkSettings } from './line-file/index.ts'
export { appendSink, lineFileStream } from './line-file/index.ts'
export type { LineSink, LineWriterOptions } from './lines/index.ts'
export {
  countLines,
  LineStream,
  LineWriter,
  maxPieceBytes,
  Reports,
  type ReportsOptions,
  type WriterStats,
  wholePiece,
} from './lines/index.ts'
export type { Clock, FilePlace, ReplacedFile, WriteAllOptions } from './system/index.ts'
export {
  hasTornEnd,
  makeFolder,
  replaceFile,
  systemClock,
  writeAll,
  writeAllAsync,
  writeOnce,
} from './system/index.ts'
