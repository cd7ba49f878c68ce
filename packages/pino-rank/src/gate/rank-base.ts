import { hostname } from 'node:os'
import type { ResolvedRank } from '../rank/index.ts'

/** pino's `formatters.bindings`. */
type BindingsFormatter = (bindings: Record<string, unknown>) => object

/** Returns the fields that identify the rank of a record. `attempt` is included once the job was restarted. */
function rankFields({ rank, attempt }: ResolvedRank, rankKey = 'rank'): Record<string, unknown> {
  return { [rankKey]: rank, ...(attempt ? { attempt } : undefined) }
}

/**
 * Returns pino's `base` with the rank added. As in pino, an explicit undefined or null means no pid and no hostname. The
 * prototype and the getters of the user's base are kept, because its `formatters.bindings` may use them.
 */
export function rankBase(
  given: { base?: object | null | undefined },
  rank: ResolvedRank,
  rankKey?: string,
): Record<string, unknown> {
  const bindings = Object.hasOwn(given, 'base') ? given.base : { pid: process.pid, hostname: hostname() }
  const fields = rankFields(rank, rankKey)
  if (typeof bindings !== 'object' || bindings === null)
    return { ...(bindings as object | null | undefined), ...fields }
  const own = { ...Object.getOwnPropertyDescriptors(bindings), ...Object.getOwnPropertyDescriptors(fields) }
  return Object.create(Object.getPrototypeOf(bindings), own)
}

/**
 * Wraps the user's `formatters.bindings` and adds the rank fields if its result lacks them, so that every record has its rank.
 * This applies only to the first call, which pino makes for the logger's base. Later calls come from `setBindings`.
 *
 * @param given the logger's options. With `base: null` the user's function is not called for the base, as in pino
 */
export function keepRank(
  own: BindingsFormatter,
  given: { base?: object | null | undefined },
  rank: ResolvedRank,
  rankKey?: string,
): BindingsFormatter {
  let isBase = true
  return function (this: unknown, bindings) {
    if (!isBase) return own.call(this, bindings)
    isBase = false
    const shaped = given.base === null ? {} : own.call(this, bindings)
    return { ...rankFields(rank, rankKey), ...definedIn(shaped) }
  }
}

/** Returns the bindings without undefined values, which pino leaves out too. */
function definedIn(bindings: object): object {
  return Object.fromEntries(Object.entries(bindings ?? {}).filter(([, value]) => value !== undefined))
}
