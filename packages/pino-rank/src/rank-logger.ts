import pino from 'pino'
import { workingDirectory } from './absolute-path.ts'
import { decide, type LoggerGate } from './decide.ts'
import { defined, type RankGate, type RankOptions, rankBase } from './gate.ts'
import { checkGateSignal, onGateSignal } from './gate-signal.ts'
import { gateTarget } from './gated-target.ts'
import { levelsOf } from './levels.ts'
import { Living } from './living.ts'
import { RankError } from './rank-error.ts'
import { type RankTransport, readTransport } from './rank-transport.ts'
import { Recorder, type RecorderOptions } from './recorder.ts'
import { onFailure } from './recordings.ts'
import { resolveRank } from './resolve-rank.ts'
import { callerFiles } from './resolve-target.ts'
import { Routes } from './routes.ts'
import { type LeveledLogger, RunTimeGate } from './run-time-gate.ts'
import { tellLevel } from './tell-level.ts'

/** pino's own options, whose transport targets may say which ranks write. */
export interface RankLoggerOptions<CustomLevels extends string = never>
  extends Omit<pino.LoggerOptions<CustomLevels>, 'transport' | 'level'>,
    RankOptions,
    RankGate {
  transport?: RankTransport
  /**
   * At this signal, e.g. `'SIGUSR2'`, a gated rank opens as if it were one of `ranks`, children included, and at the next
   * it is gated again; an open rank stays as it is. Main thread only. Costs a weak reference a child with a level of its
   * own (under pino 9: each child). @default none
   */
  gateSignal?: NodeJS.Signals
  /**
   * Keeps the newest records that a gated rank holds back, unformatted, and writes them with `"recorded":true` before an error of
   * this rank, and at `gateSignal`. A call that is held back is no no-op then. Nothing on a rank that is open at the start.
   * @default none
   */
  recorder?: RecorderOptions
}

/**
 * pino, with this rank's gate as its level: pino's options in, a pino logger out. Targets and streams that this rank
 * never writes are not built; on a rank that is gated out `log.info` is pino's own no-op, and there is no thread and
 * no open file.
 *
 * @throws {RankError} at construction, on every rank: an unknown level, rank set or key of a target, a target that does
 *   not resolve, options that a sink refuses, a malformed rank variable.
 */
export function rankLogger<CustomLevels extends string = never>(
  options: RankLoggerOptions<CustomLevels> = {},
  stream?: pino.DestinationStream,
): pino.Logger<CustomLevels> {
  checkCombination(options, stream)
  const {
    rank: given,
    onBadRank,
    rankKey,
    ranks,
    others,
    level,
    gateSignal,
    recorder: recorded,
    transport,
    ...rest
  } = options
  if (gateSignal !== undefined) checkGateSignal(gateSignal)
  const rank = resolveRank({ rank: given, onBadRank })
  const shared = defined({ ranks, others, level })
  const gate: LoggerGate = { rank, levels: levelsOf(rest), shared, enabled: rest.enabled !== false }
  decide(gate) // refuses a bad gate before it looks at a target
  const destination = stream ? { stream } : transport
  let routes: Routes | undefined
  if (destination) {
    const { entries, settings } = readTransport(destination)
    const context = { rank, shared, callers: callerFiles(import.meta.url), cwd: workingDirectory() }
    gate.targets = entries.map((entry) => gateTarget(entry, context))
    routes = new Routes(settings, rest.customLevels)
  }
  const children = gateSignal === undefined ? undefined : new Living<LeveledLogger>()
  const decided = decide(gate)
  const ready = { ...rest, base: rankBase(rest.base, rank, rankKey), level: decided.level }
  const recorder = recorded && new Recorder(recorded, decided.level, gate.levels)
  const keeps = recorder?.holds && decided.level !== 'silent' ? recorder : undefined
  if (keeps) {
    ready.level = keeps.level
    ready.hooks = { ...rest.hooks, logMethod: keeps.hook(rest.hooks?.logMethod) }
  }
  if (rest.base === null) delete ready.name // pino leaves the name out with the rest of the base
  if (children) ready.onChild = following(children, rest.onChild)
  const behind = routes?.first(decided.targets)
  const log = pino(ready as pino.LoggerOptions<CustomLevels>, behind as never)
  if (behind) tellLevel(log, behind)
  const running = new RunTimeGate(log, gate, routes, children, keeps)
  if (gateSignal !== undefined) onGateSignal(gateSignal, running)
  if (keeps) onFailure(keeps)
  return log
}

/** The user's own hook, behind one that remembers those children whose level does not come from their parent. */
function following<CustomLevels extends string>(
  children: Living<LeveledLogger>,
  onChild?: pino.LoggerOptions<CustomLevels>['onChild'],
): NonNullable<pino.LoggerOptions<CustomLevels>['onChild']> {
  return function (this: unknown, child) {
    if (Object.hasOwn(child, pino.symbols.levelValSym)) children.add(child)
    onChild?.call(this, child)
  }
}

interface Combination {
  transport?: RankTransport
  formatters?: { level?: unknown }
  levelComparison?: unknown
}

/** What pino refuses on rank 0 is refused on every rank, also where the targets at fault are not built. */
function checkCombination({ transport, formatters, levelComparison }: Combination, stream?: object): void {
  if (transport && stream) {
    throw new RankError('OPTION_INVALID', {
      package: 'pino-rank',
      at: 'options.transport',
      expected: 'a transport or a stream',
      received: ['transport', 'stream'],
      fix: 'put the stream into transport.targets as { stream }',
    })
  }
  if (transport && 'targets' in transport && transport.targets.length > 0 && formatters?.level) {
    throw new Error('option.transport.targets do not allow custom level formatters')
  }
  if ((levelComparison ?? 'ASC') !== 'ASC') {
    throw new RankError('OPTION_INVALID', {
      package: 'pino-rank',
      at: 'options.levelComparison',
      expected: '"ASC"',
      received: levelComparison,
      fix: 'gate with numbers that grow with importance',
    })
  }
}
