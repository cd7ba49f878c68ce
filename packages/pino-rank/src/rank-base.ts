import { hostname } from 'node:os'
import type { ResolvedRank } from './rank-info.ts'

/** pino's formatter of a logger's first bindings. */
type BindingsFormatter = (bindings: Record<string, unknown>) => object

/** The fields that say which rank wrote a record; the attempt once the job was restarted. */
function rankFields({ rank, attempt }: ResolvedRank, rankKey = 'rank'): Record<string, unknown> {
  return { [rankKey]: rank, ...(attempt ? { attempt } : undefined) }
}

/** pino's `base` with the rank. As with pino, one that is given as undefined, or as null, has no pid and no hostname. */
export function rankBase(
  given: { base?: object | null | undefined },
  rank: ResolvedRank,
  rankKey?: string,
): Record<string, unknown> {
  const bindings = Object.hasOwn(given, 'base') ? given.base : { pid: process.pid, hostname: hostname() }
  return { ...bindings, ...rankFields(rank, rankKey) }
}

/**
 * The user's own `formatters.bindings`, and behind it what it left out of the rank: a logger's records always name theirs.
 * pino calls it first for the logger's base; what comes later is `setBindings`.
 */
export function keepRank(own: BindingsFormatter, rank: ResolvedRank, rankKey?: string): BindingsFormatter {
  let isBase = true
  return function (this: unknown, bindings) {
    const shaped = own.call(this, bindings)
    if (!isBase) return shaped
    isBase = false
    return { ...rankFields(rank, rankKey), ...definedIn(shaped) }
  }
}

/** Without what pino leaves out. */
function definedIn(bindings: object): object {
  return Object.fromEntries(Object.entries(bindings ?? {}).filter(([, value]) => value !== undefined))
}
