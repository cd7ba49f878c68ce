/**
 * For authors of sinks: validates options and writes the rare errors of a rank on which nothing is open. This entry point is
 * small and loads nothing that only an open rank needs.
 */

export type { PlacedSink } from './append/index.ts'
export type { AppendSinkSettings, ErrorAppenderOptions } from './line-file/index.ts'
export { ErrorAppender, lightSink } from './line-file/index.ts'
export type { LineSink, WriterStats } from './lines/index.ts'
export * from './options.ts'
export { rotatedFiles } from './rotation/index.ts'
export type { ReplacedFile } from './system/index.ts'
export { replaceFile } from './system/index.ts'
