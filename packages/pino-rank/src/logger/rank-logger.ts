import pino from 'pino'
import { checkIntrinsics, OptionChecker } from '../errors/index.ts'
import { keepRank, type RankGate, rankBase, withoutUndefined } from '../gate/index.ts'
import { symbols } from '../pino-internals.ts'
import { onFailure, onSignal, WeakIterable, workingDirectory } from '../process/index.ts'
import { resolveRank } from '../rank/index.ts'
import { type Levels, levelsOf } from '../record/index.ts'
import { callerFiles } from '../sink/index.ts'
import { decide, type LoggerGate } from './decide.ts'
import { checkGateSignal, onGateSignal } from './gate-signal.ts'
import { gateTarget } from './gated-target.ts'
import { type Destination, type RankLoggerOptions, readArguments } from './logger-arguments.ts'
import { passLevel } from './pass-level.ts'
import { type RankTransport, readTransport } from './rank-transport.ts'
import { Recorder } from './recorder.ts'
import { Routes } from './routes.ts'
import { type LeveledLogger, RunTimeGate } from './run-time-gate.ts'

/**
 * Creates a pino logger whose level is this rank's gate. It takes pino's options. Targets and streams that this rank
 * never writes to are not built. On a rank that is gated out `log.info` is pino's own no-op, and there is no thread and
 * no open file.
 *
 * @throws {RankError} when it is called, on every rank: arguments that pino would refuse, an unknown level, rank set or key
 *   of a target, a target that does not resolve, options that a sink refuses, a malformed rank variable.
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
    recorder: recorded,
    transport: _,
    ...rest
  } = options
  checkLevelComparison(rest.levelComparison)
  if (gateSignal !== undefined) checkGateSignal(gateSignal)
  const rank = resolveRank({ rank: given, onBadRank, rankKey })
  const shared = withoutUndefined({ ranks, others, level })
  const levels = levelsOf(rest as { customLevels?: Levels })
  const gate: LoggerGate = { rank, levels, shared, enabled: rest.enabled !== false }
  decide(gate) // refuses a bad gate before it looks at a target
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
  const decided = decide(gate)
  const ready = { ...rest, base: rankBase(rest, rank, rankKey), level: decided.level }
  const shape = rest.formatters?.bindings
  if (shape) ready.formatters = { ...rest.formatters, bindings: keepRank(shape, rest, rank, rankKey) }
  const recorder = recorded && new Recorder(recorded, decided.level, gate.levels)
  const active = recorder?.isHolding && decided.level !== 'silent' ? recorder : undefined
  if (active) {
    ready.level = active.level
    ready.hooks = { ...rest.hooks, logMethod: active.hook(rest.hooks?.logMethod) }
  }
  if (rest.base === null) delete ready.name // pino leaves the name out with the rest of the base
  if (children) ready.onChild = rememberChildren(children, rest.onChild)
  const behind = routes?.first(decided)
  const log = pino(ready as pino.LoggerOptions<CustomLevels>, behind as never)
  if (behind) passLevel(log, behind)
  const running = new RunTimeGate(log, gate, routes, children, active)
  if (gateSignal !== undefined) onGateSignal(gateSignal, running)
  if (active) onFailure(active)
  for (const signal of gate.targets?.flatMap(({ signals = [] }) => signals) ?? []) onSignal(signal, ignore)
  return log
}

/** Listens to the signals that targets handle. Otherwise they would end a rank on which the target is not open. */
function ignore(): void {}

/** The user's own hook, behind one that remembers those children whose level does not come from their parent. */
function rememberChildren<CustomLevels extends string>(
  children: WeakIterable<LeveledLogger>,
  onChild?: pino.LoggerOptions<CustomLevels>['onChild'],
): NonNullable<pino.LoggerOptions<CustomLevels>['onChild']> {
  return function (this: unknown, child) {
    if (Object.hasOwn(child, symbols.levelValSym)) children.add(child)
    onChild?.call(this, child)
  }
}

/** Returns the gate for targets, without the level 'silent': the program may set `log.level` later. */
function withoutSilent({ level, ...gate }: Partial<RankGate>): Partial<RankGate> {
  return level === 'silent' || level === Infinity ? gate : withoutUndefined({ ...gate, level })
}

/** Throws on every rank what pino throws on rank 0, even where no targets are built. Ready streams do get formatted levels. */
function checkLevelFormatter({ formatters }: { formatters?: { level?: unknown } }, transport?: RankTransport): void {
  if (typeof formatters?.level !== 'function' || !transport || !('targets' in transport)) return
  if (transport.targets?.every((target) => 'stream' in target)) return
  throw new Error('option.transport.targets do not allow custom level formatters')
}

function checkLevelComparison(levelComparison: unknown = 'ASC'): void {
  if (levelComparison === 'ASC') return
  const check = new OptionChecker('pino-rank', 'gate with numbers that grow with importance')
  throw check.invalidAt('options.levelComparison', '"ASC"', levelComparison)
}
