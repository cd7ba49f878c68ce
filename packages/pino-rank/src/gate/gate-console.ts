import { OptionChecker } from '../errors/index.ts'
import { resolveRank } from '../rank/index.ts'
import { pinoLevels } from '../record/index.ts'
import { defaultGate, gateOn, type RankGate, type RankOptions, withoutUndefined } from './gate.ts'

/** Which ranks print what with `console`. */
export interface ConsoleGateOptions extends Omit<RankOptions, 'rankKey'>, RankGate {}

type Method = 'debug' | 'log' | 'info' | 'dir' | 'table' | 'group' | 'groupCollapsed' | 'count' | 'timeEnd' | 'timeLog' | 'warn' | 'trace' | 'error' | 'assert' // biome-ignore format: a row

/** As which level a method counts. */
const levels: Record<Method, number> = {
  debug: 20,
  log: 30,
  info: 30,
  dir: 30,
  table: 30,
  group: 30,
  groupCollapsed: 30,
  count: 30,
  timeEnd: 30,
  timeLog: 30,
  warn: 40,
  trace: 50,
  error: 50,
  assert: 50,
}

const nothing = () => {}

/**
 * Gates `console` by rank, as `rankLogger` gates a logger: by its defaults rank 0 prints from `console.log` on, and the others what
 * `console.error`, `console.trace` and `console.assert` print. What is gated out is a function that does nothing. It changes the
 * console of the process, that of dependencies too; what they write to `process.stdout` itself is not gated.
 *
 * @returns puts back what was there before
 * @throws {RankError} for an unknown key, level or rank set, and for a malformed rank variable
 */
export function gateConsole(options: ConsoleGateOptions = {}): () => void {
  const known = ['rank', 'onBadRank', 'ranks', 'others', 'level']
  new OptionChecker('pino-rank').rejectUnknownKeys(options, known, 'gateConsole() options')
  const { rank, onBadRank, ...gate } = options
  const { min } = gateOn(
    { ...defaultGate(pinoLevels), ...withoutUndefined(gate) },
    resolveRank({ rank, onBadRank }),
    pinoLevels,
  )
  const before = new Map<Method, (...args: never[]) => void>()
  for (const [method, level] of Object.entries(levels) as [Method, number][]) {
    if (level >= min) continue
    before.set(method, console[method] as never)
    console[method] = nothing
  }
  return () => {
    for (const [method, own] of before) console[method] = own as never
  }
}
