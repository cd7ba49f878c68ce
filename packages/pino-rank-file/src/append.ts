/**
 * For authors of sinks: validates options and writes the rare errors of a rank on which nothing is open. This entry point is
 * small and loads nothing that only an open rank needs.
 */

export type { PlacedEnd } from './append/index.ts'
export type { AppendEndSettings, ErrorAppenderOptions } from './line-file/index.ts'
export { ErrorAppender, lightEnd } from './line-file/index.ts'
export type { LineEnd, WriterStats } from './lines/index.ts'
export * from './options.ts'
export { rotatedFiles } from './rotation/index.ts'
export type { ReplacedFile } from './system/index.ts'
export { replaceFile } from './system/index.ts'
