/** For authors of sinks: the options of a sink that appends lines, and their checks. Loads nothing that writes. */

export type { Expand, LineFileContext, LineFileOptions, LineFileSettings } from './line-file/index.ts'
export { lineFileSettings } from './line-file/index.ts'
export type { FlushOptions, LevelOptions, SignalOptions } from './lines/index.ts'
export {
  flushOptionKeys,
  flushSettings,
  rejectSignals,
  signalOptionKeys,
  splitLevels,
  splitSignals,
} from './lines/index.ts'
