import { RankError, type RankErrorCode } from '../errors/index.ts'
import {
  type CountField,
  count,
  isComplete,
  type Launcher,
  type Read,
  type Source,
  sourceList,
  type Variables,
  variablesIn,
  variablesOf,
} from './launcher.ts'
import { ownRunKey, rendezvous } from './launchers.ts'
import type { RankInfo } from './rank-info.ts'

/** What gave each field of a RankInfo. */
export type IdentifiedFields = { [Field in CountField]?: Given<number> } & { runKey?: Given<string> }

/** A field's value, and the variables that gave it. */
export interface Given<Value> {
  value: Value
  variables: Variables
}

const countFields: readonly CountField[] = ['rank', 'worldSize', 'localRank', 'localWorldSize', 'nodeRank', 'attempt']

/**
 * Returns the rank that the variables of `launcher` give; `fields` gets the origin of each field, up to the one at fault.
 *
 * @throws {RankError} RANK_INCOMPLETE, RANK_MALFORMED, RANK_OUT_OF_RANGE.
 */
export function identify(launcher: Launcher, read: Read, fields: IdentifiedFields): RankInfo {
  const { name, marker, companions = [], counts, runKey } = launcher
  if (!isComplete(launcher, read)) throw incomplete(launcher, companions, read)
  for (const field of countFields) {
    const sources = counts[field] ?? (field === 'rank' ? marker : [])
    const given = firstGiven(sourceList(sources), read, count)
    if (given) fields[field] = checkCount(given, field, name)
  }
  const key = firstGiven([ownRunKey, ...sourceList(runKey), rendezvous], read, String)
  if (key) fields.runKey = key

  const { rank, worldSize, localRank, localWorldSize } = fields
  // A rank counted node by node (Lightning's) is known only where the size of a node is.
  if (!rank) throw incomplete(launcher, variablesIn(counts.localWorldSize), read)
  checkBelow(rank, worldSize, 'rank', name)
  checkBelow(localRank, localWorldSize, 'local rank', name)
  return { rank: rank.value, launcher: name, ...valuesOf(fields) }
}

function firstGiven<Value>(sources: readonly Source<Value>[], read: Read, plain: (text: string) => Value) {
  for (const source of sources) {
    const { from, derive } = typeof source === 'string' ? { from: [source], derive: optional(plain) } : source
    const value = derive(...from.map(read))
    if (value !== undefined) return { value, variables: variablesOf(from, read) }
  }
  return undefined
}

function optional<Value>(plain: (text: string) => Value) {
  return (text?: string) => (text === undefined ? undefined : plain(text))
}

function valuesOf(fields: IdentifiedFields): Partial<RankInfo> {
  return Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value]))
}

function checkCount(given: Given<number>, field: CountField, launcher: string): Given<number> {
  if (Number.isSafeInteger(given.value) && given.value >= 0) return given
  const expected = `a plain decimal integer from 0 to 2^53 - 1 for the ${field} under ${launcher}`
  throw complaint('RANK_MALFORMED', expected, given.variables)
}

function checkBelow(
  rank: Given<number> | undefined,
  size: Given<number> | undefined,
  what: string,
  launcher: string,
): void {
  if (!rank || !size || rank.value < size.value) return
  const expected = `a ${what} below ${size.value} under ${launcher}`
  throw complaint('RANK_OUT_OF_RANGE', expected, { ...rank.variables, ...size.variables })
}

function incomplete({ name, marker }: Launcher, missing: readonly string[], read: Read): RankError {
  const unset = missing.filter((variable) => read(variable) === undefined)
  return new RankError('RANK_INCOMPLETE', {
    package: 'pino-rank',
    at: unset.join(' or '),
    expected: `a value beside ${marker}=${read(marker)} (${name}), or every rank would be taken for rank 0`,
    received: undefined,
    fix: `set ${unset[0]}, or RANKLOG_RANK to the rank (none: not launched)`,
  })
}

function complaint(code: RankErrorCode, expected: string, variables: Variables): RankError {
  return new RankError(code, {
    package: 'pino-rank',
    at: Object.keys(variables).join(', '),
    expected,
    received: variables,
    fix: 'correct it where the ranks are started, or set RANKLOG_RANK to the rank (none: not launched)',
  })
}
