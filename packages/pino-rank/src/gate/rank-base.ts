import { hostname } from 'node:os'
import type { ResolvedRank } from '../rank/index.ts'

/** pino's `formatters.bindings`. */
type BindingsFormatter = (bindings: Record<string, unknown>) => object

/** Returns the fields that say which rank wrote a record. `attempt` is present once the job was restarted. */
function rankFields({ rank, attempt }: ResolvedRank, rankKey = 'rank'): Record<string, unknown> {
  return { [rankKey]: rank, ...(attempt ? { attempt } : undefined) }
}

/** Returns pino's `base` with the rank added. As with pino, an explicit undefined or null means no pid and no hostname. */
export function rankBase(
  given: { base?: object | null | undefined },
  rank: ResolvedRank,
  rankKey?: string,
): Record<string, unknown> {
  const bindings = Object.hasOwn(given, 'base') ? given.base : { pid: process.pid, hostname: hostname() }
  return { ...bindings, ...rankFields(rank, rankKey) }
}

/**
 * Wraps the user's `formatters.bindings` and restores the rank fields that it left out, so that every record has its rank.
 * This applies only to the first call, which pino makes for the logger's base. Later calls come from `setBindings`.
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

/** Returns the bindings without undefined values, which pino leaves out. */
function definedIn(bindings: object): object {
  return Object.fromEntries(Object.entries(bindings ?? {}).filter(([, value]) => value !== undefined))
}
