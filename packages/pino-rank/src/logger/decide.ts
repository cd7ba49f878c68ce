import { defaultGate, gateOn, type RankGate, type WholeGate, withoutUndefined, writersOf } from '../gate/index.ts'
import type { ResolvedRank } from '../rank/index.ts'
import { defaultLevel, type Levels, levelLabel, levelNumber } from '../record/index.ts'
import type { DecidedTarget, GatedTarget } from './gated-target.ts'

/** The inputs from which the gate of a logger is decided. */
export interface LoggerGate {
  rank: ResolvedRank
  levels: Levels
  /** The gate options of the logger itself. */
  shared: Partial<RankGate>
  /** pino's option `enabled`. */
  enabled: boolean
  /** Undefined if the logger writes to pino's default destination. */
  targets?: readonly GatedTarget[]
}

/** What a logger writes on this rank. */
export interface Decision {
  /** True if this rank is one of `ranks` for every target. */
  open: boolean
  /** The lowest level that any target takes. */
  level: string
  /** The targets that this rank writes to. For a silent logger: those that it would write to after the program raised the level. */
  targets: readonly DecidedTarget[]
}

/**
 * How a gate is decided:
 *
 * - `gated`: as configured.
 * - `opened`: as if this rank were one of `ranks`.
 * - `held`: for the records that a recorder holds. The other ranks write them from `overrides.level` on, without opening a
 *   target: they append them, as they append their errors, because the process may be killed at that moment.
 *
 * With `opened` and `held`, a target stays closed if no further rank may write to it.
 */
export type Mode = 'gated' | 'opened' | 'held'

/**
 * Decides the gate of a logger for all its targets. `overrides` replace what the logger, its sinks and its targets set. A silent
 * logger gets the targets that it would have at its default level, because the program may set `log.level` later, as with pino.
 *
 * @throws {RankError} LEVEL_UNKNOWN, RANK_SET_SYNTAX, OPTION_INVALID, RANK_FIELD_MISSING, PATH_PLACEHOLDER
 */
export function decide(gate: LoggerGate, overrides: Partial<RankGate> = {}, mode: Mode = 'gated'): Decision {
  const { rank, levels, shared, enabled } = gate
  const defaults = defaultGate(levels)
  const isDisabled = !enabled && overrides.level === undefined
  const given = overrides.level ?? shared.level ?? defaults.level ?? (isDisabled ? 'silent' : undefined)
  const level = levelNumber(given, levels, 'option "level"')
  const isSilent = isDisabled || level === Infinity
  const complete = (options: Partial<WholeGate>, stronger: Partial<RankGate>) => {
    const gate = { ...defaults, ...options, ...withoutUndefined(stronger) }
    return isSilent ? { ...gate, level: gate.level ?? defaultLevel('info', levels) } : gate
  }
  // validates the logger's options even if every target has its own
  const own = gateOn(complete(shared, overrides), rank, levels, mode === 'opened')
  const targetOverrides = isSilent ? { ...overrides, level: undefined } : overrides
  const decided = gate.targets?.map((target) => {
    const isOpenable = mode !== 'gated' && canOpen(target)
    const stronger = mode === 'held' ? { ...targetOverrides, others: isOpenable ? level : undefined } : targetOverrides
    const targetGate = complete(target.gate, stronger)
    if (mode !== 'held') target.checkRanks?.(writersOf(targetGate, levels))
    return { target, ...gateOn(targetGate, rank, levels, mode === 'opened' && isOpenable) }
  })
  const active = (decided ?? []).filter(({ min }) => min !== Infinity)
  const min = decided ? Math.min(Infinity, ...active.map(({ min }) => min)) : own.min
  const info = levelNumber(defaultLevel('info', levels), levels, 'level')
  const targets = active.map((decision) => {
    const hasOwnLevel = decision.target.gate.isLeveled && overrides.level === undefined
    // As with pino, a target without a level of its own takes records from `info` on if the program lowers `log.level`.
    const isLowered = decision.open && !hasOwnLevel
    return { ...decision, hasOwnLevel, min: isLowered ? Math.min(decision.min, info) : decision.min }
  })
  return {
    open: decided ? decided.every(({ open }) => open) : own.open,
    level: levelLabel(isSilent ? Infinity : min, levels),
    targets,
  }
}

/** Reports whether a further rank may write to the target. Some targets allow only one process to write to their place. */
function canOpen({ checkRanks }: GatedTarget): boolean {
  try {
    checkRanks?.('*')
    return true
  } catch {
    return false
  }
}
