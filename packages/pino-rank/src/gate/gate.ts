import { checkIntrinsics, OptionChecker } from '../errors/index.ts'
import type { ResolvedRank } from '../rank/index.ts'
import { isOneOf, type RankSetInput, resolveRank } from '../rank/index.ts'
import { defaultLevel, type Level, type Levels, levelLabel, levelNumber, levelsOf } from '../record/index.ts'
import { rankBase } from './rank-base.ts'

/** The rank of this process, and the field that holds it in records. */
export interface RankOptions {
  /** The rank, if the program knows it better than the environment (MPI, a rendezvous of its own). */
  rank?: ResolvedRank
  /**
   * What to do about a malformed rank variable: throw, or warn and log as the unknown rank, which is never rank 0.
   * @default 'throw'
   */
  onBadRank?: 'throw' | 'warn'
  /** Name of the field that holds the rank. @default 'rank' */
  rankKey?: string
}

/** Which ranks write, and from which level. */
export interface RankGate {
  /** Ranks that write from `level`: `0`, `'0,4-7'`, `'1-'`, `'*'`, `'0-63/8'`, `'local:0'`. @default '0' */
  ranks?: RankSetInput
  /** Level from which the other ranks write; `'silent'`: never. @default 'error' */
  others?: Level
  /** Level from which `ranks` write. @default 'info' */
  level?: Level
}

/** Options of {@link gate}. */
export interface PinoGateOptions extends RankOptions, RankGate {
  /** Bindings of every record. The rank is added. Null or undefined: only the rank. @default pid and hostname */
  base?: object | null | undefined
  customLevels?: Levels
  useOnlyCustomLevels?: boolean
}

const keys = ['rank', 'onBadRank', 'rankKey', 'ranks', 'others', 'level', 'base', 'customLevels', 'useOnlyCustomLevels']

/**
 * Returns pino options for this rank: `pino({ ...gate(), transport })`, `pino(gate({ ranks: '0-3' }), stream)`. On a rank that is
 * gated out, `log.info` is pino's own no-op.
 *
 * @throws {RankError} for an unknown key, level or rank set, and for a malformed rank variable
 */
export function gate(options: PinoGateOptions = {}): { level: string; base: Record<string, unknown> } {
  checkIntrinsics()
  new OptionChecker('pino-rank').rejectUnknownKeys(options, keys, 'gate() options')
  const rank = resolveRank(options)
  const levels = levelsOf(options)
  const { min } = gateOn({ ...defaultGate(levels), ...withoutUndefined(options) }, rank, levels)
  return { level: levelLabel(min, levels), base: rankBase(options, rank, options.rankKey) }
}

/** The decision of a gate for this rank. */
export interface GateDecision {
  /** True if this rank is one of `ranks`. */
  open: boolean
  /** Number of the lowest level that it may write. Infinity: none. */
  min: number
}

/** A gate with its defaults filled in. `level` is undefined if the logger has no level `info`; pino then requires one. */
export type WholeGate = Required<Omit<RankGate, 'level'>> & { level: Level | undefined }

/**
 * Decides a gate for this rank. A rank that is not one of `ranks` writes from the higher of `level` and `others`.
 *
 * @param isForcedOpen decides as if this rank were one of `ranks`
 */
export function gateOn(
  { ranks, others, level }: WholeGate,
  rank: ResolvedRank,
  levels: Levels,
  isForcedOpen = false,
): GateDecision {
  const from = levelNumber(level, levels, 'option "level"')
  const rest = levelNumber(others, levels, 'option "others"')
  const open = isForcedOpen || isOneOf(ranks, rank)
  return { open, min: open ? from : Math.max(from, rest) }
}

/** pino's number of `info`, the level at which metrics are usually logged. */
const infoLevel = 30

/**
 * Returns the ranks that a sink must expect records from. These are all ranks (`'*'`) if `others` is at most `level` or `info`,
 * because the other ranks then write ordinary records too.
 */
export function writersOf({ ranks, others, level }: WholeGate, levels: Levels): RankSetInput {
  const from = levelNumber(level, levels, 'option "level"')
  return levelNumber(others, levels, 'option "others"') <= Math.max(from, infoLevel) ? '*' : ranks
}

/** Returns the gate for a user who sets none: what the sink declares, else rank 0 from `info` and the others from `error`. */
export function defaultGate(levels: Levels, declared: Pick<RankGate, 'ranks' | 'others'> = {}): WholeGate {
  const { ranks = '0', others = 'error' } = declared
  const level = Object.hasOwn(levels, 'info') ? 'info' : undefined
  return { ranks, others: defaultLevel(others, levels), level }
}

/** Returns the options without those that are set to undefined, which would hide a default. */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never
}
