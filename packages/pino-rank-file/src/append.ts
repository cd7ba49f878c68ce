/**
 * For authors of sinks: validates options and writes the rare errors of a rank on which nothing is open. This entry point is
 * small and loads nothing that only an open rank needs.
 */

export type { ReplacedFile } from './place/replace-file.ts'
export { replaceFile } from './place/replace-file.ts'
export { rotatedFiles } from './rotation/rotated-files.ts'
export type { AppendEndSettings } from './writer/assemble-end.ts'
export { exitCode } from './writer/at-exit.ts'
export type { ErrorAppenderOptions } from './writer/error-appender.ts'
export { ErrorAppender } from './writer/error-appender.ts'
export { lightEnd } from './writer/light-end.ts'
export type { LineEnd } from './writer/line-end.ts'
export * from './writer/options.ts'
export type { PlacedEnd } from './writer/placed-end.ts'
export type { WriterStats } from './writer/writer-stats.ts'
