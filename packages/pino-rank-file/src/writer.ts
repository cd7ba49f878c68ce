/** For authors of sinks: whole lines to any end, as a stream, in the family's form. */

export type { AppendFileOptions } from './append/index.ts'
export { AppendFile, PlacedEnd } from './append/index.ts'
export type { AppendEndSettings } from './line-file/index.ts'
export { appendEnd, lineFileStream } from './line-file/index.ts'
export type { Answer, Lane, LineEnd, LineWriterOptions } from './lines/index.ts'
export {
  atExit,
  countLines,
  exitCode,
  exiting,
  LineStream,
  LineWriter,
  Reports,
  type ReportsOptions,
  reportLine,
  type WriterStats,
  wholeBytes,
  wholePiece,
} from './lines/index.ts'
export type {
  FileId,
  FileRotationOptions,
  Interval,
  NamedFile,
  NameStyle,
  RotateOptions,
  RotationDisk,
  RotationSettings,
  Steps,
} from './rotation/index.ts'
export { FileRotation, Housekeeper, RotationProtocol, runSteps, step, systemRotationDisk } from './rotation/index.ts'
export type { Clock, Disk, FilePlace, FileState, ReplacedFile, Rotation } from './system/index.ts'
export { hasTornEnd, makeFolder, replaceFile, systemClock, systemDisk, writeOnce } from './system/index.ts'
