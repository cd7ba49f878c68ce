import { defaultGate, defined, gateOn, type RankGate, type WholeGate, writersOf } from './gate.ts'
import type { DecidedTarget, GatedTarget } from './gated-target.ts'
import type { ResolvedRank } from './rank-info.ts'
import { defaultLevel, type Level, type Levels, levelLabel, levelNumber } from './record/levels.ts'

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
  /** The targets that it writes, or would write if the program raised a silent logger's level. */
  targets: readonly DecidedTarget[]
}

/**
 * How a gate is decided. `opened`: as if this rank were one of `ranks`. `held`: for records that the gate held back, which
 * the others write from `named.level` on without opening a target; they append them, as their errors, because the process
 * may be killed right then. Both leave a target closed to which no further rank may write.
 */
export type Mode = 'gated' | 'opened' | 'held'

/**
 * Decides for the whole logger. `named` wins over what the logger, its sinks and its targets say. A silent logger's targets
 * are those that it would have without that level, because the program may set `log.level` later, as with pino.
 *
 * @throws {RankError} LEVEL_UNKNOWN, RANK_SET_SYNTAX, OPTION_INVALID, RANK_FIELD_MISSING, PATH_PLACEHOLDER
 */
export function decide(gate: LoggerGate, named: Partial<RankGate> = {}, mode: Mode = 'gated'): Decision {
  const { rank, levels, shared, enabled } = gate
  const defaults = defaultGate(levels)
  const whole = (over: Partial<WholeGate>, wins: Partial<RankGate>) => ({ ...defaults, ...over, ...defined(wins) })
  const own = gateOn(whole(shared, named), rank, levels, mode === 'opened') // checks them, also where every target has its own
  const level = levelNumber(named.level ?? shared.level ?? defaults.level, levels, 'option "level"')
  const silent = level === Infinity || (!enabled && named.level === undefined)
  const loud = silent ? { ...named, level: undefined } : named
  const decided = gate.targets?.map((target) => {
    const opens = mode !== 'gated' && canOpen(target)
    const wins = mode === 'held' ? { ...loud, others: opens ? level : undefined } : loud
    const ranked = whole(target.gate, wins)
    if (mode !== 'held') target.checkRanks?.(writersOf(ranked, levels))
    return { target, ...gateOn(ranked, rank, levels, mode === 'opened' && opens) }
  })
  const wanted = (decided ?? []).filter(({ min }) => min !== Infinity)
  const least = decided ? Math.min(Infinity, ...wanted.map(({ min }) => min)) : own.min
  const usual = levelNumber(defaultLevel('info', levels), levels, 'level')
  const targets = wanted.map((decision) => ({ ...decision, min: leastOf(decision, usual, named.level) }))
  return {
    open: decided ? decided.every(({ open }) => open) : own.open,
    level: levelLabel(silent ? Infinity : least, levels),
    targets,
  }
}

/** Reports whether a further rank may write to the target: not to a place that one process writes to. */
function canOpen({ checkRanks }: GatedTarget): boolean {
  try {
    checkRanks?.('*')
    return true
  } catch {
    return false
  }
}

/**
 * As with pino, a target without a level of its own takes what is at or above `info` once the program sets a lower
 * `log.level`. Behind a gate nothing opens it.
 */
function leastOf({ target, open, min }: DecidedTarget, usual: number, named: Level | undefined): number {
  const isGiven = target.gate.isLeveled && named === undefined
  return open && !isGiven ? Math.min(min, usual) : min
}
