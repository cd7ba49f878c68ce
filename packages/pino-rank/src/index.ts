export type { RankErrorCode } from './errors/index.ts'
export { RankError } from './errors/index.ts'
export type { ConsoleGateOptions, PinoGateOptions, RankGate, RankOptions } from './gate/index.ts'
export { gate, gateConsole } from './gate/index.ts'
export type { RankLoggerOptions, RankTarget, RankTransport, RecorderOptions, WorkerSettings } from './logger/index.ts'
export { rankLogger, setGate } from './logger/index.ts'
export { writeErrorFile } from './process/index.ts'
export type {
  ClusterLike,
  DetectOptions,
  Explanation,
  LostLauncher,
  RankInfo,
  RankSetInput,
  ResolvedRank,
  UnknownRank,
} from './rank/index.ts'
export { detectRank, explainRank, forkRank } from './rank/index.ts'
