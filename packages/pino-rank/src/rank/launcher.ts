import type { RankInfo } from './rank-info.ts'

/** Fields of a RankInfo that are counts: integers from 0. */
export type CountField = Exclude<keyof RankInfo, 'launcher' | 'runKey'>

/** A program that starts ranks, and the variables in which each rank finds its number. */
export interface Launcher {
  name: string
  /** The variable that proves the launcher: the rank variable, unless `counts` has another. */
  marker: string
  /** Variables of which one must be set together with the marker. A marker without any of them is RANK_INCOMPLETE. */
  companions?: Names
  /** Without it the marker means nothing. */
  needs?: Condition
  /** With it the marker is another launcher's. */
  unless?: Condition
  /** The sources of each field. `rank` defaults to the marker. */
  counts: Readonly<Partial<Record<CountField, Sources<number>>>>
  runKey?: Sources<string>
  /** What to do where the companions are missing, as an imperative clause. @default set the first of them */
  fix?: string
}

/** Names of variables, or a function that returns them if other variables name them. */
export type Names = readonly string[] | ((read: Read) => readonly string[])

/** A variable that must be set, or what must hold. */
export type Condition = string | ((read: Read) => boolean)

/** What gives a field; of several the first that is set. */
export type Sources<Value> = Source<Value> | readonly Source<Value>[]

/** A variable, or what follows from several. */
export type Source<Value> = string | Derived<Value>

/** A value that follows from several variables. */
export interface Derived<Value> {
  from: Names
  /** Gets the variables' values, undefined where unset. Undefined: not known; NaN: malformed. */
  derive(...values: (string | undefined)[]): Value | undefined
  /** What the variables should be, for errors. @default a plain decimal integer */
  expected?: string
}

/** Gives a variable's value; undefined where it is unset or empty. */
export interface Read {
  (variable: string): string | undefined
  /** Returns the names of all variables, in the order in which they were set. */
  names(): readonly string[]
}

/** Variables and their values, as they are set. */
export type Variables = Readonly<Record<string, string>>

/** Stands for the id of node:cluster's worker: the environment does not have it (Node deletes NODE_UNIQUE_ID). */
export const clusterWorkerId = 'cluster.worker.id'

/** The number that a plain decimal integer stands for; NaN for all else (`-1`, `1e3`, ` 3`, 2^53). */
export function count(text: string | undefined): number {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : Number.NaN
}

/** Reports whether the launcher's marker is set, and its own. */
export function isPresent({ marker, needs = marker, unless }: Launcher, read: Read): boolean {
  return read(marker) !== undefined && holds(needs, read) && !(unless && holds(unless, read))
}

function holds(condition: Condition, read: Read): boolean {
  return typeof condition === 'function' ? condition(read) : read(condition) !== undefined
}

/** Reports whether one of the launcher's companion variables is set, or it needs none. */
export function isComplete({ companions }: Launcher, read: Read): boolean {
  return !companions || namesOf(companions, read).some((name) => read(name) !== undefined)
}

/** Returns the names of the variables. */
export function namesOf(names: Names, read: Read): readonly string[] {
  return typeof names === 'function' ? names(read) : names
}

/** The sources as a list, also where there is one or none. */
export function sourceList<Value>(sources: Sources<Value> = []): readonly Source<Value>[] {
  return typeof sources === 'string' || 'from' in sources ? [sources] : sources
}

const nothingSet: Read = Object.assign(() => undefined, { names: () => [] })

/** The variables that the sources read, in their order. */
export function variablesIn(sources: Sources<unknown> | undefined, read: Read = nothingSet): readonly string[] {
  return sourceList(sources).flatMap((source) => (typeof source === 'string' ? source : namesOf(source.from, read)))
}

/** Those of the variables that are set, with their values. */
export function variablesOf(names: readonly string[], read: Read): Variables {
  const variables: Record<string, string> = {}
  for (const name of names) {
    const value = read(name)
    if (value !== undefined) variables[name] = value
  }
  return variables
}
