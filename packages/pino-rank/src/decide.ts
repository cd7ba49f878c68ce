import { defined, gateDefaults, gateOn, type RankGate } from './gate.ts'
import type { DecidedTarget, GatedTarget } from './gated-target.ts'
import { type Levels, levelLabel, levelNumber } from './levels.ts'
import type { ResolvedRank } from './rank-info.ts'

/** All that a logger's gate is decided from. */
export interface LoggerGate {
  rank: ResolvedRank
  levels: Levels
  /** What the logger's own options name. */
  shared: Partial<RankGate>
  /** pino's option. */
  enabled: boolean
  /** undefined: pino's own destination. */
  targets?: readonly GatedTarget[]
}

/** What a logger writes on this rank. */
export interface Decision {
  /** Is this rank one of `ranks`, for every target? */
  open: boolean
  /** The least level that any target takes. */
  level: string
  /** The targets that it writes. */
  targets: readonly DecidedTarget[]
}

/**
 * Decides for the whole logger. `named` wins over what the logger, its sinks and its targets say; `opened`: as if this
 * rank were one of `ranks`.
 *
 * @throws {RankError} LEVEL_UNKNOWN, RANK_SET_SYNTAX, OPTION_INVALID, RANK_FIELD_MISSING
 */
export function decide(gate: LoggerGate, named: Partial<RankGate> = {}, opened = false): Decision {
  const { rank, levels, shared, enabled } = gate
  const on = (over: Partial<RankGate>) => gateOn({ ...gateDefaults, ...over, ...defined(named) }, rank, levels, opened)
  const own = on(shared) // checks them, also where every target has its own
  const level = levelNumber(named.level ?? shared.level ?? gateDefaults.level, levels, 'option "level"')
  const silent = level === Infinity || (!enabled && named.level === undefined)
  const decided = gate.targets?.map((target) => ({ target, ...on(target.gate) }))
  const targets = (silent ? [] : (decided ?? [])).filter(({ min }) => min !== Infinity)
  const least = decided ? Math.min(Infinity, ...targets.map(({ min }) => min)) : own.min
  return {
    open: decided ? decided.every(({ open }) => open) : own.open,
    level: levelLabel(silent ? Infinity : least, levels),
    targets,
  }
}
