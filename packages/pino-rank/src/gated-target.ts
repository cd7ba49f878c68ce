import type pino from 'pino'
import { defined, type Gated, gateDefaults, gateOn, type RankGate } from './gate.ts'
import type { Levels } from './levels.ts'
import type { ResolvedRank } from './rank-info.ts'
import type { TargetEntry } from './rank-transport.ts'
import { resolveTarget } from './resolve-target.ts'
import type { SinkDeclaration } from './sink/declaration.ts'
import { readDeclaration, streamDeclaration } from './sink/read-declaration.ts'

/** A target with this rank's decision, ready to be built. */
export interface GatedTarget extends Gated {
  /** A ready stream; otherwise `built` is for pino's transport. */
  stream?: pino.DestinationStream
  built?: { target: string; options?: object } | { pipeline: { target: string; options?: object }[] }
  /** The sink's synchronous append, for a rank on which no target is open. */
  append?: (line: string) => void
}

/** What all targets of a logger share. */
export interface TargetContext {
  rank: ResolvedRank
  levels: Levels
  callers: readonly string[]
  /** The gate that the logger's own options name. */
  shared: Partial<RankGate>
}

/**
 * Resolves a target, reads what its sink declares and decides. Runs on every rank for every target, so that a typo
 * does not wait for the rank that would build it.
 */
export function gateTarget(entry: TargetEntry, context: TargetContext): GatedTarget {
  const { target, pipeline, stream, options, ranks, others, level } = entry
  const gate = (declaration?: SinkDeclaration, own: Partial<RankGate> = {}) => {
    const { ranks: declaredRanks, others: declaredOthers } = declaration ?? {}
    const declared = defined({ ranks: declaredRanks, others: declaredOthers })
    const named = defined({ ...own, ...defined({ ranks, others, level }) })
    return gateOn({ ...gateDefaults, ...declared, ...context.shared, ...named }, context.rank, context.levels)
  }
  const locate = (name: string) => resolveTarget(name, context.callers)
  if (stream) return { ...gate(streamDeclaration(stream)), stream }
  if (pipeline) return { ...gate(), built: { pipeline: pipeline.map((p) => ({ ...p, target: locate(p.target) })) } }
  const file = locate(target as string)
  const declaration = readDeclaration(file)
  if (!declaration) return { ...gate(), built: { target: file, options } }
  const { gate: own, options: sinkOptions } = splitOptions(options)
  declaration.check?.(sinkOptions as never, context.rank)
  const append = declaration.append?.(sinkOptions as never, context.rank)
  const gated = gate(declaration, own)
  const built = { target: file, options: { ...sinkOptions, rank: context.rank, gate: false, open: gated.open } }
  return { ...gated, built, append }
}

/** A sink's options may name its gate, as they do in pure JSON; here the gate is the logger's. */
function splitOptions(options: object = {}): { gate: Partial<RankGate>; options: object } {
  const { ranks, others, level, rank, rankKey, onBadRank, gate, open, ...own } = options as Record<string, never>
  return { gate: { ranks, others, level }, options: own }
}
