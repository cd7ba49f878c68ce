/** A log file: its options, the sink that writes it on this thread or on a writer thread, and the stream over the sink. */
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
