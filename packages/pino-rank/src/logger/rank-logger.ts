import pino from 'pino'
import { checkIntrinsics, OptionChecker } from '../errors/index.ts'
import { keepRank, type RankGate, rankBase, withoutUndefined } from '../gate/index.ts'
import { symbols } from '../pino-internals.ts'
import { onFailure, onSignal, WeakIterable, workingDirectory } from '../process/index.ts'
import { resolveRank } from '../rank/index.ts'
import { type Levels, levelsOf } from '../record/index.ts'
import { callerFiles } from '../sink/index.ts'
import { decide, type LoggerGate } from './decide.ts'
import { epochTime } from './epoch-time.ts'
import { checkGateSignal, onGateSignal } from './gate-signal.ts'
import { gateTarget } from './gated-target.ts'
import { type Destination, type RankLoggerOptions, readArguments } from './logger-arguments.ts'
import { passLevel } from './pass-level.ts'
import { type RankTransport, readTransport } from './rank-transport.ts'
import { Recorder } from './recorder.ts'
import { Routes } from './routes.ts'
import { type LeveledLogger, RunTimeGate } from './run-time-gate.ts'

/**
 * Creates a pino logger whose level is this rank's gate. It takes pino's options. Targets and streams that this rank never writes
 * to are not built. On a rank that is gated out, `log.info` is pino's own no-op, and there is no thread and no open file.
 *
 * @throws {RankError} at the call, on every rank: for arguments that pino would refuse, an unknown level, rank set or key of a
 * target, a target that does not resolve, options that a sink refuses, and a malformed rank variable
 */
export function rankLogger<CustomLevels extends string = never>(
  options?: RankLoggerOptions<CustomLevels> | null,
  stream?: Destination,
): pino.Logger<CustomLevels>
export function rankLogger<CustomLevels extends string = never>(stream: Destination): pino.Logger<CustomLevels>
export function rankLogger<CustomLevels extends string = never>(
  first?: RankLoggerOptions<CustomLevels> | Destination | null,
  second?: Destination,
): pino.Logger<CustomLevels> {
  checkIntrinsics()
  const { options, destination, transport } = readArguments<CustomLevels>(first, second)
  const {
    rank: given,
    onBadRank,
    rankKey,
    ranks,
    others,
    level,
    gateSignal,
    recorder: recorderOptions,
    transport: _,
    ...rest
  } = options
  checkLevelComparison(rest.levelComparison)
  if (gateSignal !== undefined) checkGateSignal(gateSignal)
  const rank = resolveRank({ rank: given, onBadRank, rankKey })
  const shared = withoutUndefined({ ranks, others, level })
  const levels = levelsOf(rest as { customLevels?: Levels })
  const gate: LoggerGate = { rank, levels, shared, enabled: rest.enabled !== false }
  decide(gate) // an invalid gate throws before any target is resolved
  let routes: Routes | undefined
  if (destination || transport) {
    const { entries, settings } = destination
      ? { entries: [destination], settings: {} }
      : readTransport(transport as RankTransport)
    checkLevelFormatter(rest, transport)
    const callers = settings.caller === undefined ? callerFiles(import.meta.url) : [settings.caller].flat()
    const isThreaded = settings.worker !== undefined || settings.sync !== undefined
    const context = { rank, levels, shared: withoutSilent(shared), callers, cwd: workingDirectory(), isThreaded }
    gate.targets = entries.map((entry) => gateTarget(entry, context))
    routes = new Routes(settings, rest.customLevels)
  }
  const children = gateSignal === undefined ? undefined : new WeakIterable<LeveledLogger>()
  const decision = decide(gate)
  const pinoOptions = { ...rest, base: rankBase(rest, rank, rankKey), level: decision.level }
  if (!('timestamp' in rest) || rest.timestamp === true) pinoOptions.timestamp = epochTime
  const bindings = rest.formatters?.bindings
  if (bindings) pinoOptions.formatters = { ...rest.formatters, bindings: keepRank(bindings, rest, rank, rankKey) }
  const recorder = recorderOptions && new Recorder(recorderOptions, decision.level, gate.levels)
  const active = recorder?.isHolding && decision.level !== 'silent' ? recorder : undefined
  if (active) {
    pinoOptions.level = active.level
    pinoOptions.hooks = { ...rest.hooks, logMethod: active.hook(rest.hooks?.logMethod) }
  }
  if (rest.base === null) delete pinoOptions.name // pino leaves the name out with the rest of the base
  if (children) pinoOptions.onChild = rememberChildren(children, rest.onChild)
  const output = routes?.first(decision)
  const log = pino(pinoOptions as pino.LoggerOptions<CustomLevels>, output as never)
  if (output) passLevel(log, output)
  const runTimeGate = new RunTimeGate(log, gate, routes, children, active)
  if (gateSignal !== undefined) onGateSignal(gateSignal, runTimeGate)
  if (active) onFailure(active)
  for (const signal of gate.targets?.flatMap(({ signals = [] }) => signals) ?? []) onSignal(signal, ignore)
  return log
}

/**
 * Listens to the signals that targets handle, and does nothing. Without a listener they would end a rank on which the target is
 * not open.
 */
function ignore(): void {}

/** Returns the user's `onChild` hook behind one that records each child whose level does not come from its parent. */
function rememberChildren<CustomLevels extends string>(
  children: WeakIterable<LeveledLogger>,
  onChild?: pino.LoggerOptions<CustomLevels>['onChild'],
): NonNullable<pino.LoggerOptions<CustomLevels>['onChild']> {
  return function (this: unknown, child) {
    if (Object.hasOwn(child, symbols.levelValSym)) children.add(child)
    onChild?.call(this, child)
  }
}

/** Returns the gate options for targets, without the level 'silent', because the program may set `log.level` later. */
function withoutSilent({ level, ...gate }: Partial<RankGate>): Partial<RankGate> {
  return level === 'silent' || level === Infinity ? gate : withoutUndefined({ ...gate, level })
}

/** Throws pino's own error on every rank, even if no target is built there. Ready streams may have formatted levels. */
function checkLevelFormatter({ formatters }: { formatters?: { level?: unknown } }, transport?: RankTransport): void {
  if (typeof formatters?.level !== 'function' || !transport || !('targets' in transport)) return
  if (transport.targets?.every((target) => 'stream' in target)) return
  throw new Error('option.transport.targets do not allow custom level formatters')
}

function checkLevelComparison(levelComparison: unknown = 'ASC'): void {
  if (levelComparison === 'ASC') return
  const check = new OptionChecker('pino-rank', 'leave it out, and give more important levels higher numbers')
  throw check.invalidAt('options.levelComparison', '"ASC"', levelComparison)
}
