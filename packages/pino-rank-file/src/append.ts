/**
 * For authors of sinks: validates options, and writes the errors of a gated rank. This entry is small: it loads no code
 * that only an open rank needs.
 */

export type { AppendFile } from './append/index.ts'
export type {
  AppendSinkSettings,
  ErrorAppenderOptions,
  Expand,
  LineFileContext,
  LineFileOptions,
  LineFileSettings,
} from './line-file/index.ts'
export { ErrorAppender, lightSink, lineFileSettings } from './line-file/index.ts'
export { rotatedFiles } from './rotation/index.ts'
