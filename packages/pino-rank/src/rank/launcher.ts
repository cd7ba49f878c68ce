import type { RankInfo } from './rank-info.ts'

/** The fields of a RankInfo that are counts: integers from 0. */
export type CountField = Exclude<keyof RankInfo, 'launcher' | 'runKey'>

/** A program that starts ranks, and the variables in which each rank finds its number. */
export interface Launcher {
  name: string
  /** The variable that identifies the launcher. It holds the rank, unless `counts` names another source. */
  marker: string
  /** Variables of which at least one must be set with the marker. A marker without them is RANK_INCOMPLETE. */
  companions?: Names
  /** The marker is ignored unless this holds. */
  needs?: Condition
  /** The marker is ignored if this holds, because it then belongs to another launcher. */
  unless?: Condition
  /** The sources of each field. The rank comes from the marker by default. */
  counts: Readonly<Partial<Record<CountField, Sources<number>>>>
  runKey?: Sources<string>
  /** What to do if the companions are missing, as an imperative clause. @default set the first of them */
  fix?: string
}

/** Names of variables, or a function that returns them if other variables name them. */
export type Names = readonly string[] | ((read: Read) => readonly string[])

/** A variable that must be set, or a function that decides. */
export type Condition = string | ((read: Read) => boolean)

/** The sources of a field. The first one that is set is used. */
export type Sources<Value> = Source<Value> | readonly Source<Value>[]

/** A variable, or a value that is derived from several. */
export type Source<Value> = string | Derived<Value>

/** A value that is derived from several variables. */
export interface Derived<Value> {
  from: Names
  /** Returns the value for these values of the variables, undefined where unset. Undefined: not known. NaN: malformed. */
  derive(...values: (string | undefined)[]): Value | undefined
  /** A description of valid variables, for errors. @default a plain decimal integer */
  expected?: string
}

/** Returns the value of a variable. Undefined if it is unset or empty. */
export interface Read {
  (variable: string): string | undefined
  /** Returns the names of all variables, in the order in which they were set. */
  names(): readonly string[]
}

/** Variables that are set, and their values. */
export type Variables = Readonly<Record<string, string>>

/**
 * The name under which `Read` returns the id of node:cluster's worker. The environment does not have it: Node deletes
 * NODE_UNIQUE_ID.
 */
export const clusterWorkerId = 'cluster.worker.id'

/** Returns the number of a plain decimal integer; NaN for everything else (`-1`, `1e3`, ` 3`, 2^53). */
export function count(text: string | undefined): number {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : Number.NaN
}

/** Reports whether the marker is set and belongs to this launcher. */
export function isPresent({ marker, needs = marker, unless }: Launcher, read: Read): boolean {
  return read(marker) !== undefined && holds(needs, read) && !(unless && holds(unless, read))
}

function holds(condition: Condition, read: Read): boolean {
  return typeof condition === 'function' ? condition(read) : read(condition) !== undefined
}

/** Reports whether at least one companion of the launcher is set, or it needs none. */
export function isComplete({ companions }: Launcher, read: Read): boolean {
  return !companions || namesOf(companions, read).some((name) => read(name) !== undefined)
}

/** Returns the names of the variables. */
export function namesOf(names: Names, read: Read): readonly string[] {
  return typeof names === 'function' ? names(read) : names
}

/** Returns the sources as a list, also if there is one or none. */
export function sourceList<Value>(sources: Sources<Value> = []): readonly Source<Value>[] {
  return typeof sources === 'string' || 'from' in sources ? [sources] : sources
}

const nothingSet: Read = Object.assign(() => undefined, { names: () => [] })

/** Returns the variables that the sources read, in their order. */
export function variablesIn(sources: Sources<unknown> | undefined, read: Read = nothingSet): readonly string[] {
  return sourceList(sources).flatMap((source) => (typeof source === 'string' ? source : namesOf(source.from, read)))
}

/** Returns the variables that are set, with their values. */
export function variablesOf(names: readonly string[], read: Read): Variables {
  const variables: Record<string, string> = {}
  for (const name of names) {
    const value = read(name)
    if (value !== undefined) variables[name] = value
  }
  return variables
}
