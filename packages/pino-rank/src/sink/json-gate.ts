import { defaultGate, gateOn, LineGate, withoutUndefined, writersOf } from '../gate/index.ts'
import { type ResolvedRank, resolveRank } from '../rank/index.ts'
import type { Levels } from '../record/index.ts'
import type { GateOptions, SinkDeclaration } from './declaration.ts'
import { workerLevels } from './pino-config.ts'

/** The gate of a transport that is configured in pure JSON, where the worker decides and filters text. */
export interface JsonGate {
  rank: ResolvedRank
  /** The logger's levels, including custom ones. */
  levels: Levels
  /** True if the rank is one of `ranks`. With `gate: false`, the decision of the logger. */
  open: boolean | undefined
  /** The filter. With `gate: false` records are not changed, because they already have their rank. */
  lines: LineGate
}

/**
 * Decides the gate from a transport's options.
 *
 * @param given the options as pino passes them
 * @param declaration what the sink declares. Its `checkRanks` gets `own`
 * @param own the sink's own options
 * @throws {RankError} for options, a rank variable, or ranks that the sink refuses
 */
export function jsonGate(given: GateOptions, declaration: SinkDeclaration<never> | undefined, own: object): JsonGate {
  const { ranks, others, level, rankKey = 'rank', gate, open } = given
  const rank = resolveRank(given)
  const levels = workerLevels(given)
  if (gate === false) return { rank, levels, open, lines: new LineGate({ min: 0, levels }) }
  const complete = { ...defaultGate(levels, declaration), level: 0, ...withoutUndefined({ ranks, others, level }) }
  const gated = gateOn(complete, rank, levels)
  declaration?.checkRanks?.(writersOf(complete, levels), rank, own as never)
  return {
    rank,
    levels,
    open: gated.open,
    lines: new LineGate({ min: gated.min, field: [rankKey, rank.rank], levels }),
  }
}
