/** A file of lines: its options, and the parts that they need, on this thread or on a writer thread. */
export { type AppendSinkSettings, appendSink, type SettingsAt } from './append-sink.ts'
export { ErrorAppender, type ErrorAppenderOptions } from './error-appender.ts'

export { lightSink } from './light-sink.ts'
export {
  type LineFileContext,
  type LineFileOptions,
  type LineFileSettings,
  lineFileSettings,
} from './line-file-options.ts'
export { lineFileStream, movableFileStream } from './line-file-stream.ts'
export type { Expand } from './place-options.ts'
