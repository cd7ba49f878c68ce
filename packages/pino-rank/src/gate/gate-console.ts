import { OptionChecker } from '../errors/index.ts'
import { resolveRank } from '../rank/index.ts'
import { pinoLevels } from '../record/index.ts'
import { defaultGate, gateOn, type RankGate, type RankOptions, withoutUndefined } from './gate.ts'

/** Which ranks print at which level with `console`. */
export interface ConsoleGateOptions extends Omit<RankOptions, 'rankKey'>, RankGate {}

type Method = 'debug' | 'log' | 'info' | 'dir' | 'table' | 'group' | 'groupCollapsed' | 'count' | 'timeEnd' | 'timeLog' | 'warn' | 'trace' | 'error' | 'assert' // biome-ignore format: a row

/** The level of each method. */
const levels: Record<Method, string> = {
  debug: 'debug',
  log: 'info',
  info: 'info',
  dir: 'info',
  table: 'info',
  group: 'info',
  groupCollapsed: 'info',
  count: 'info',
  timeEnd: 'info',
  timeLog: 'info',
  warn: 'warn',
  trace: 'error',
  error: 'error',
  assert: 'error',
}

const noop = () => {}

/**
 * Gates `console` by rank, as `rankLogger` gates a logger. By default rank 0 prints from `console.log` on, and the other ranks
 * print `console.error`, `console.trace` and `console.assert`. A gated method is an empty function. This changes the console of
 * the whole process, dependencies included. Direct writes to `process.stdout` are not gated.
 *
 * @returns a function that restores the console
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
  for (const [method, level] of Object.entries(levels) as [Method, string][]) {
    if ((pinoLevels[level] as number) >= min) continue
    before.set(method, console[method] as never)
    console[method] = noop
  }
  return () => {
    for (const [method, own] of before) console[method] = own as never
  }
}
