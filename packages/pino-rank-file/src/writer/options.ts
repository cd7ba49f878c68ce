/** For authors of sinks: the options of a sink that appends lines, and their checks. Loads nothing that writes. */
export type { FlushOptions } from './flush-options.ts'
export { flushOptionKeys, flushSettings } from './flush-options.ts'
export type { LineFileContext, LineFileOptions, LineFileSettings } from './line-file-options.ts'
export { lineFileSettings } from './line-file-options.ts'
export type { Expand } from './place-options.ts'
export type { SignalOptions } from './signal-options.ts'
export { rejectSignals, signalOptionKeys, splitSignals } from './signal-options.ts'
