import pino from 'pino'
import { defaultGate, type GateDecision, type RankGate, type WholeGate, withoutUndefined } from '../gate/index.ts'
import { absoluteDestination, absolutePath, exitCodeCell } from '../process/index.ts'
import type { ResolvedRank } from '../rank/index.ts'
import { isOneOf, type RankSetInput } from '../rank/index.ts'
import type { Levels } from '../record/index.ts'
import type { SinkDeclaration } from '../sink/index.ts'
import {
  openInProcess,
  readDeclaration,
  rejectSignalOptions,
  resolveTarget,
  signalsIn,
  streamDeclaration,
} from '../sink/index.ts'
import { LazyTransport } from './lazy-transport.ts'
import type { PipelineStep, TargetEntry } from './rank-transport.ts'

/** A target's gate. `isLeveled` is true if the level was given for this target rather than for the logger. */
export type TargetGate = WholeGate & { isLeveled: boolean }

/** A target with its gate, ready to be built. */
export interface GatedTarget {
  gate: TargetGate
  /** A ready stream. Without it, `built` describes the target to pino's transport. */
  stream?: pino.DestinationStream
  built?: PipelineStep | { pipeline: PipelineStep[] }
  /** Throws if several of these ranks would write to the same place. */
  checkRanks?: (ranks: RankSetInput) => void
  /** The sink's synchronous append, for a rank on which this target is not open. */
  append?: pino.DestinationStream
  /** Builds the sink's stream on this thread. Undefined, or returns undefined, if the sink must run in pino's worker. */
  inProcess?: (() => pino.DestinationStream | undefined) | undefined
  /** Time in ms for which lines may be buffered before they are passed to pino's worker. @default 0 */
  batchMs?: number
  /** Signals that the stream handles. They must not end a rank that has not opened the stream. */
  signals?: readonly NodeJS.Signals[]
}

/** A target with its decision for this rank. `min` is the lowest level that it takes, whatever the logger's level is. */
export interface DecidedTarget extends GateDecision {
  target: GatedTarget
  /** True if `min` is the target's own level, which the logger's level does not lower. */
  hasOwnLevel: boolean
}

/** The context that all targets of a logger share. */
export interface TargetContext {
  rank: ResolvedRank
  levels: Levels
  callers: readonly string[]
  /** The working directory when the logger was created. Undefined if that folder was removed. */
  cwd?: string | undefined
  /** The gate options of the logger itself. */
  shared: Partial<RankGate>
  /** True if the transport's settings ask for pino's worker thread. */
  isThreaded?: boolean
}

/**
 * Resolves a target and reads what its sink declares. Every rank does this for every target, so that an invalid option is also
 * reported on rank 0. The sink of a pipeline is its last step.
 */
export function gateTarget(entry: TargetEntry, context: TargetContext): GatedTarget {
  const { target, pipeline, stream, file, options } = entry
  if (file !== undefined) return fileTarget(file, entry, context)
  if (stream) {
    const declaration = streamDeclaration(stream)
    const gate = gateOf(entry, context, declaration)
    declaration?.opens?.(isOneOf(gate.ranks, context.rank))
    return { gate, stream, ...rankCheck(declaration, context.rank) }
  }
  const steps = pipeline ?? [{ target: target as string, options }]
  const files = steps.map((step) => resolveTarget(step.target, context.callers))
  const last = steps.length - 1
  const sink = gateSink(steps[last] as PipelineStep, files[last] as string, entry, context)
  if (!pipeline) return sink
  const before = pipeline.slice(0, last).map((step, i) => foreignStep(step, files[i] as string, context))
  const { built, append, ...decided } = sink
  // An append would skip the pipeline steps before the sink.
  return { ...decided, built: { pipeline: [...before, built] }, ...(last === 0 && { append }) }
}

/** Returns the target for a file name: pino's own destination. It opens at once, or on a gated rank at its first record. */
function fileTarget(name: string, entry: TargetEntry, context: TargetContext): GatedTarget {
  const gate = gateOf(entry, context)
  if (isOneOf(gate.ranks, context.rank)) return { gate, stream: pino.destination(name) }
  const dest = Number.isFinite(Number(name)) ? name : absolutePath(name, context.cwd) // a number is a file descriptor
  const start = () => Object.assign(pino.destination({ dest, sync: true }), { ready: true })
  return { gate, stream: new LazyTransport(start as never) }
}

type GatedSink = GatedTarget & { built: PipelineStep }

/** Gates the target that writes: a single target, or the last step of a pipeline. */
function gateSink(step: PipelineStep, file: string, entry: TargetEntry, context: TargetContext): GatedSink {
  const { rank, levels, cwd } = context
  const { gate: own, options } = splitOptions(step.options)
  const fix = threadFix(entry, context)
  const opens = (known: SinkDeclaration) => !fix && isOpen(gateOf(entry, context, known, own), rank)
  const declaration = readDeclaration(file, step.target, opens)
  if (!declaration) return { gate: gateOf(entry, context), built: foreignStep(step, file, context) }
  if (!declaration.append) declaration.check?.(options as never, rank, levels)
  const write = declaration.append?.(options as never, rank, levels)
  const gate = gateOf(entry, context, declaration.inner?.(options as never) ?? declaration, own)
  const decision = { rank, gate: false, open: isOneOf(gate.ranks, rank), cwd }
  const added = { ...decision, ...(declaration.exit && { exitCode: exitCodeCell() }) }
  const target = { ...step, target: file, options: { ...options, ...added } }
  const append = write && { write: (line: unknown) => write(`${line}`) } // the user's hook `streamWrite` may return any value
  const batchMs = declaration.batchMs?.((options ?? {}) as never) ?? 0
  const sink = { gate, built: target, append, batchMs, ...rankCheck(declaration, rank, options) }
  if (!declaration.inProcess) return sink
  if (fix !== undefined) {
    rejectSignalOptions(declaration, step.target, options, fix)
    return sink
  }
  const inProcess = () => {
    const stream = openInProcess(file, step.target, { ...target.options, levels })
    if (!stream) rejectSignalOptions(declaration, step.target, options, `import "${step.target}" in the program`)
    return stream
  }
  return { ...sink, inProcess, signals: signalsIn(declaration, options) }
}

/**
 * Reports whether this rank is one of `ranks`. Returns false for an invalid rank set, which is reported later: every rank reports
 * wrong options first.
 */
function isOpen({ ranks }: TargetGate, rank: ResolvedRank): boolean {
  try {
    return isOneOf(ranks, rank)
  } catch {
    return false
  }
}

/** Returns what to change so that the target runs on the calling thread. Undefined if nothing asks for pino's worker thread. */
function threadFix({ thread, pipeline = [] }: TargetEntry, { isThreaded }: TargetContext): string | undefined {
  if (isThreaded) return 'leave out transport.worker and transport.sync'
  if (thread) return 'leave out thread: true'
  return pipeline.length > 1 ? 'give this target an entry of its own, without a pipeline' : undefined
}

function rankCheck(
  declaration: SinkDeclaration | undefined,
  rank: ResolvedRank,
  options?: object,
): Pick<GatedTarget, 'checkRanks'> {
  if (!declaration?.checkRanks) return {}
  return { checkRanks: (ranks) => declaration.checkRanks?.(ranks, rank, options as never) }
}

function foreignStep(step: PipelineStep, file: string, { cwd }: TargetContext): PipelineStep {
  return { ...step, target: file, options: absoluteDestination(step.target, step.options, cwd) as object }
}

/** Merges the gate options from weak to strong: defaults, declaration, logger, sink options, entry. */
function gateOf(
  { ranks, others, level }: TargetEntry,
  { levels, shared }: TargetContext,
  declaration?: SinkDeclaration,
  own: Partial<RankGate> = {},
): TargetGate {
  return {
    ...defaultGate(levels, declaration),
    ...shared,
    ...withoutUndefined(own),
    ...withoutUndefined({ ranks, others, level }),
    isLeveled: (level ?? own.level) !== undefined,
  }
}

/**
 * Separates the gate options from the sink's own. A program may use the same options for a logger in pure JSON, where the target
 * needs the gate. Here it does not, because the logger decides.
 */
function splitOptions(given: object | null | undefined): { gate: Partial<RankGate>; options: object } {
  const { ranks, others, level, rank, rankKey, onBadRank, gate, open, cwd, exitCode, ...options } = (given ??
    {}) as Record<string, never>
  return { gate: { ranks, others, level }, options }
}
