import type { RankInfo } from './rank-info.ts'

/** Fields of a RankInfo that are counts: integers from 0. */
export type CountField = Exclude<keyof RankInfo, 'launcher' | 'runKey'>

/** A program that starts ranks, and the variables in which each rank finds its number. */
export interface Launcher {
  name: string
  /** The rank variable. */
  marker: string
  /** Variables of which one must be set together with the marker. A marker without any of them is RANK_INCOMPLETE. */
  companions?: readonly string[]
  /** Without this variable the marker means nothing. */
  needs?: string
  /** With this variable the marker is another launcher's. */
  unless?: string
  /** The sources of each field. `rank` defaults to the marker. */
  counts: Readonly<Partial<Record<CountField, Sources<number>>>>
  runKey?: Sources<string>
}

/** What gives a field; of several the first that is set. */
export type Sources<Value> = Source<Value> | readonly Source<Value>[]

/** A variable, or what follows from several. */
export type Source<Value> = string | Derived<Value>

/** A value that follows from several variables. */
export interface Derived<Value> {
  from: readonly string[]
  /** Gets the variables' values, undefined where unset. Undefined: not known; NaN: malformed. */
  derive(...values: (string | undefined)[]): Value | undefined
}

/** Gives a variable's value; undefined where it is unset or empty. */
export type Read = (variable: string) => string | undefined

/** Variables and their values, as they are set. */
export type Variables = Readonly<Record<string, string>>

/** The number that a plain decimal integer stands for; NaN for all else (`-1`, `1e3`, ` 3`, 2^53). */
export function count(text: string | undefined): number {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(value) ? value : Number.NaN
}

/** Is the launcher's rank variable set, and its own? */
export function isPresent({ marker, needs, unless }: Launcher, read: Read): boolean {
  return Boolean(read(marker) && (!needs || read(needs)) && !(unless && read(unless)))
}

/** Reports whether one of the launcher's companion variables is set, or it needs none. */
export function isComplete({ companions }: Launcher, read: Read): boolean {
  return !companions || companions.some(read)
}

/** The sources as a list, also where there is one or none. */
export function sourceList<Value>(sources: Sources<Value> = []): readonly Source<Value>[] {
  return typeof sources === 'string' || 'from' in sources ? [sources] : sources
}

/** The variables that the sources read, in their order. */
export function variablesIn(sources: Sources<unknown> | undefined): readonly string[] {
  return sourceList(sources).flatMap((source) => (typeof source === 'string' ? source : source.from))
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
