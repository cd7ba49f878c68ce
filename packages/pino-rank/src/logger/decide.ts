import { defaultGate, gateOn, type RankGate, type WholeGate, withoutUndefined, writersOf } from '../gate/index.ts'
import type { ResolvedRank } from '../rank/index.ts'
import { defaultLevel, type Levels, levelLabel, levelNumber } from '../record/index.ts'
import type { DecidedTarget, GatedTarget } from './gated-target.ts'

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
  /** The lowest level that any target takes. */
  level: string
  /** The targets that this rank writes to, or would write to if the program raised a silent logger's level. */
  targets: readonly DecidedTarget[]
}

/**
 * How a gate is decided:
 *
 * - `opened`: as if this rank were one of `ranks`.
 * - `held`: for records that the gate held back. The other ranks write them from `named.level` on without opening a target:
 *   they append them, as they append their errors, because the process may be killed at that moment.
 *
 * In both modes a target stays closed if no further rank may write to it.
 */
export type Mode = 'gated' | 'opened' | 'held'

/**
 * Decides for the whole logger. `named` overrides what the logger, its sinks and its targets set. A silent logger has the
 * targets that it would have with its default level, because the program may set `log.level` later, as with pino.
 *
 * @throws {RankError} LEVEL_UNKNOWN, RANK_SET_SYNTAX, OPTION_INVALID, RANK_FIELD_MISSING, PATH_PLACEHOLDER
 */
export function decide(gate: LoggerGate, named: Partial<RankGate> = {}, mode: Mode = 'gated'): Decision {
  const { rank, levels, shared, enabled } = gate
  const defaults = defaultGate(levels)
  const disabled = !enabled && named.level === undefined
  const given = named.level ?? shared.level ?? defaults.level ?? (disabled ? 'silent' : undefined)
  const level = levelNumber(given, levels, 'option "level"')
  const silent = disabled || level === Infinity
  const whole = (over: Partial<WholeGate>, overriding: Partial<RankGate>) => {
    const gate = { ...defaults, ...over, ...withoutUndefined(overriding) }
    return silent ? { ...gate, level: gate.level ?? defaultLevel('info', levels) } : gate
  }
  const own = gateOn(whole(shared, named), rank, levels, mode === 'opened') // validates the logger's options even where every target has its own
  const loud = silent ? { ...named, level: undefined } : named
  const decided = gate.targets?.map((target) => {
    const isOpenable = mode !== 'gated' && canOpen(target)
    const overriding = mode === 'held' ? { ...loud, others: isOpenable ? level : undefined } : loud
    const ranked = whole(target.gate, overriding)
    if (mode !== 'held') target.checkRanks?.(writersOf(ranked, levels))
    return { target, ...gateOn(ranked, rank, levels, mode === 'opened' && isOpenable) }
  })
  const wanted = (decided ?? []).filter(({ min }) => min !== Infinity)
  const min = decided ? Math.min(Infinity, ...wanted.map(({ min }) => min)) : own.min
  const info = levelNumber(defaultLevel('info', levels), levels, 'level')
  const targets = wanted.map((decision) => {
    const hasOwnLevel = decision.target.gate.isLeveled && named.level === undefined
    // As with pino, a target without a level of its own takes records at or above `info` once the program sets a lower `log.level`
    const isLowered = decision.open && !hasOwnLevel
    return { ...decision, hasOwnLevel, min: isLowered ? Math.min(decision.min, info) : decision.min }
  })
  return {
    open: decided ? decided.every(({ open }) => open) : own.open,
    level: levelLabel(silent ? Infinity : min, levels),
    targets,
  }
}

/** Reports whether a further rank may write to the target. It may not where only one process may write to the place. */
function canOpen({ checkRanks }: GatedTarget): boolean {
  try {
    checkRanks?.('*')
    return true
  } catch {
    return false
  }
}
