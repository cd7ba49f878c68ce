import type pino from 'pino'
import { absoluteDestination } from './absolute-path.ts'
import { exitCodeCell } from './exit-code.ts'
import { defined, type Gated, gateDefaults, type RankGate } from './gate.ts'
import type { ResolvedRank } from './rank-info.ts'
import { isOneOf } from './rank-set.ts'
import type { TargetEntry } from './rank-transport.ts'
import { resolveTarget } from './resolve-target.ts'
import type { SinkDeclaration } from './sink/declaration.ts'
import { readDeclaration, streamDeclaration } from './sink/read-declaration.ts'

/** A target with its gate, ready to be built. */
export interface GatedTarget {
  gate: Required<RankGate>
  /** A ready stream; otherwise `built` is for pino's transport. */
  stream?: pino.DestinationStream
  built?: { target: string; options?: object } | { pipeline: { target: string; options?: object }[] }
  /** The sink's synchronous append, for a rank on which no target is open. */
  append?: pino.DestinationStream
}

/** A target with this rank's decision. */
export interface DecidedTarget extends Gated {
  target: GatedTarget
}

/** What all targets of a logger share. */
export interface TargetContext {
  rank: ResolvedRank
  callers: readonly string[]
  /** The working directory of the logger's construction; undefined where it was removed. */
  cwd?: string | undefined
  /** The gate that the logger's own options name. */
  shared: Partial<RankGate>
}

/**
 * Resolves a target and reads what its sink declares. Runs on every rank for every target, so that a typo
 * does not wait for the rank that would build it.
 */
export function gateTarget(entry: TargetEntry, context: TargetContext): GatedTarget {
  const { target, pipeline, stream, options, ranks, others, level } = entry
  const gate = (declaration?: SinkDeclaration, own: Partial<RankGate> = {}): Required<RankGate> => {
    const { ranks: declaredRanks, others: declaredOthers } = declaration ?? {}
    const declared = defined({ ranks: declaredRanks, others: declaredOthers })
    return { ...gateDefaults, ...declared, ...context.shared, ...defined(own), ...defined({ ranks, others, level }) }
  }
  const locate = (name: string) => resolveTarget(name, context.callers)
  const foreign = (name: string, options?: object) => {
    return { target: locate(name), options: absoluteDestination(name, options, context.cwd) }
  }
  if (stream) {
    const declaration = streamDeclaration(stream)
    const decided = gate(declaration)
    declaration?.opens?.(isOneOf(decided.ranks, context.rank))
    return { gate: decided, stream }
  }
  if (pipeline) {
    return { gate: gate(), built: { pipeline: pipeline.map((p) => ({ ...p, ...foreign(p.target, p.options) })) } }
  }
  const file = locate(target as string)
  const declaration = readDeclaration(file)
  if (!declaration) return { gate: gate(), built: foreign(target as string, options) }
  const { gate: own, options: sinkOptions } = splitOptions(options)
  declaration.check?.(sinkOptions as never, context.rank)
  const write = declaration.append?.(sinkOptions as never, context.rank)
  const decided = gate(declaration, own)
  const open = isOneOf(decided.ranks, context.rank)
  const { rank, cwd } = context
  const told = { rank, gate: false, open, cwd, ...(declaration.exit && { exitCode: exitCodeCell() }) }
  const built = { target: file, options: { ...sinkOptions, ...told } }
  return { gate: decided, built, append: write && { write } }
}

/** A sink's options may name its gate, as they do in pure JSON; here the gate is the logger's. */
function splitOptions(options: object = {}): { gate: Partial<RankGate>; options: object } {
  const { ranks, others, level, rank, rankKey, onBadRank, gate, open, cwd, exitCode, ...own } = options as Record<
    string,
    never
  >
  return { gate: { ranks, others, level }, options: own }
}
