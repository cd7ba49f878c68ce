/** For authors of sinks: the gate in front of a stream, option checks, errors and path templates. */

export type { Complaint, RankErrorCode } from './errors/index.ts'
export {
  countText,
  escapeControls,
  escapeJson,
  escapeLine,
  maxTimerMs,
  OptionChecker,
  oneLine,
  RankError,
  reportLine,
} from './errors/index.ts'
export type { RankGate, RankOptions } from './gate/index.ts'
export type { OwnPlace, PathContext, PathOptions, RunDirectoryContext, RunDirectorySetting } from './paths/index.ts'
export {
  checkOwnPlace,
  expandPath,
  filePathOption,
  hasPlaceholder,
  pathOption,
  rankSuffix,
  runDirectoryOption,
  splitExtension,
} from './paths/index.ts'
export { absolutePath, signalOption } from './process/index.ts'
export type { JobKey, RankInfo, RankSet, RankSetInput, ResolvedRank, UnknownRank } from './rank/index.ts'
export { instanceRestarts, isOneOf, jobKey, parseRankSet, resolveRank } from './rank/index.ts'
export type { Level, Levels } from './record/index.ts'
export { defaultLevel, levelAt, levelNumber, levelsOf, pinoLevels } from './record/index.ts'
export type { GateOptions, SinkDeclaration, SinkOptions, SinkStream } from './sink/index.ts'
export { declarationKey, givenGateKeys, openSink, registerSink } from './sink/index.ts'
