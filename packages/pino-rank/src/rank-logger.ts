import pino from 'pino'
import { defined, gateDefaults, gateOn, type RankGate, type RankOptions, rankBase } from './gate.ts'
import { gateTarget } from './gated-target.ts'
import { levelLabel, levelNumber, levelsOf } from './levels.ts'
import { RankError } from './rank-error.ts'
import { type RankTransport, readTransport } from './rank-transport.ts'
import { resolveRank } from './resolve-rank.ts'
import { callerFiles } from './resolve-target.ts'
import { routeTo } from './routes.ts'

/** pino's own options, whose transport targets may say which ranks write. */
export interface RankLoggerOptions<CustomLevels extends string = never>
  extends Omit<pino.LoggerOptions<CustomLevels>, 'transport' | 'level'>,
    RankOptions,
    RankGate {
  transport?: RankTransport
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
  const { rank: given, onBadRank, rankKey, ranks, others, level, transport, ...rest } = options
  const rank = resolveRank({ rank: given, onBadRank })
  const levels = levelsOf(rest)
  const shared = defined({ ranks, others, level })
  const own = gateOn({ ...gateDefaults, ...shared }, rank, levels) // checks them, also where every target has its own
  const silent = rest.enabled === false || levelNumber(level ?? 'info', levels, 'option "level"') === Infinity
  const ready = (min: number) => {
    const gated = {
      ...rest,
      base: rankBase(rest.base, rank, rankKey),
      level: levelLabel(silent ? Infinity : min, levels),
    }
    if (rest.base === null) delete gated.name // pino leaves the name out with the rest of the base
    return gated as pino.LoggerOptions<CustomLevels>
  }
  const destination = stream ? { stream } : transport
  if (!destination) return pino(ready(own.min))
  const { entries, settings } = readTransport(destination)
  const context = { rank, levels, shared, callers: callerFiles(import.meta.url) }
  const targets = entries.map((entry) => gateTarget(entry, context))
  const wanted = silent ? [] : targets.filter(({ min }) => min !== Infinity)
  const min = Math.min(Infinity, ...wanted.map((target) => target.min))
  return pino(ready(min), routeTo(wanted, settings, rest.customLevels))
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
