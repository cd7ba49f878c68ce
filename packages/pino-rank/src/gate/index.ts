/** Which levels this rank may write. A rank that may write nothing gets pino's no-op methods. */

export {
  defaultGate,
  type GateDecision,
  gate,
  gateOn,
  type PinoGateOptions,
  type RankGate,
  type RankOptions,
  type WholeGate,
  withoutUndefined,
  writersOf,
} from './gate.ts'
export { type ConsoleGateOptions, gateConsole } from './gate-console.ts'
export { GatedWritable, type TargetStream } from './gated-writable.ts'
export { LineGate } from './line-gate.ts'
export { keepRank, rankBase } from './rank-base.ts'
