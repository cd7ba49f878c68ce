/**
 * For authors of sinks: validates options and writes the rare errors of a gated rank. This entry point is
 * small and loads nothing that only an open rank needs.
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
