import { RankError, type RankErrorCode } from '../errors/index.ts'
import {
  type CountField,
  count,
  type Derived,
  isComplete,
  type Launcher,
  namesOf,
  type Read,
  type Source,
  sourceList,
  type Variables,
  variablesIn,
  variablesOf,
} from './launcher.ts'
import { ownRunKey, rendezvous } from './launchers.ts'
import type { RankInfo } from './rank-info.ts'

/** The origin of each field of a RankInfo. */
export type IdentifiedFields = { [Field in CountField]?: Given<number> } & { runKey?: Given<string> }

/** The value of a field, and the variables that it comes from. */
export interface Given<Value> {
  value: Value
  variables: Variables
}

/** The value of a field, which may be malformed. */
interface Unchecked<Value> extends Given<Value> {
  expected: string | undefined
}

const countFields: readonly CountField[] = ['rank', 'worldSize', 'localRank', 'localWorldSize', 'nodeRank', 'attempt']

/**
 * Returns the rank that the variables of `launcher` give. Adds the origin of each field to `fields`, up to the field at fault.
 *
 * @throws {RankError} RANK_INCOMPLETE, RANK_MALFORMED, RANK_OUT_OF_RANGE
 */
export function identify(launcher: Launcher, read: Read, fields: IdentifiedFields): RankInfo {
  const { name, marker, companions = [], counts, runKey } = launcher
  if (!isComplete(launcher, read)) throw incomplete(launcher, namesOf(companions, read), read)
  for (const field of countFields) {
    const sources = counts[field] ?? (field === 'rank' ? marker : [])
    const given = firstGiven(sourceList(sources), read, count)
    if (given) fields[field] = checkCount(given, field, name)
  }
  const key = firstGiven([ownRunKey, ...sourceList(runKey), rendezvous], read, String)
  if (key) fields.runKey = { value: key.value, variables: key.variables }

  const { rank, worldSize, localRank, localWorldSize } = fields
  // Lightning's ranks are numbered node by node, so they need the size of a node.
  if (!rank) throw incomplete(launcher, variablesIn(counts.localWorldSize), read)
  checkBelow(rank, worldSize, 'rank', name)
  checkBelow(localRank, localWorldSize, 'local rank', name)
  return { rank: rank.value, launcher: name, ...valuesOf(fields) }
}

function firstGiven<Value>(
  sources: readonly Source<Value>[],
  read: Read,
  plain: (text: string) => Value,
): Unchecked<Value> | undefined {
  for (const source of sources) {
    const { from, derive, expected }: Derived<Value> =
      typeof source === 'string' ? { from: [source], derive: optional(plain) } : source
    const names = namesOf(from, read)
    const value = derive(...names.map(read))
    if (value !== undefined) return { value, variables: variablesOf(names, read), expected }
  }
  return undefined
}

function optional<Value>(plain: (text: string) => Value) {
  return (text?: string) => (text === undefined ? undefined : plain(text))
}

function valuesOf(fields: IdentifiedFields): Partial<RankInfo> {
  return Object.fromEntries(Object.entries(fields).map(([field, { value }]) => [field, value]))
}

function checkCount(given: Unchecked<number>, field: CountField, launcher: string): Given<number> {
  const { value, variables, expected = 'a plain decimal integer from 0 to 2^53 - 1' } = given
  if (Number.isSafeInteger(value) && value >= 0) return { value, variables }
  throw complaint('RANK_MALFORMED', `${expected} for the ${field} under ${launcher}`, variables)
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

function incomplete({ name, marker, fix }: Launcher, missing: readonly string[], read: Read): RankError {
  const unset = missing.filter((variable) => read(variable) === undefined)
  return new RankError('RANK_INCOMPLETE', {
    package: 'pino-rank',
    at: unset.join(' or '),
    expected: `a value, because ${marker}=${read(marker)} is set (${name}): without it every rank would be taken for rank 0`,
    received: undefined,
    fix: `${fix ?? `set ${unset[0]}`}, or set RANKLOG_RANK to the rank (to none if this is no rank)`,
  })
}

function complaint(code: RankErrorCode, expected: string, variables: Variables): RankError {
  return new RankError(code, {
    package: 'pino-rank',
    at: Object.keys(variables).join(', '),
    expected,
    received: variables,
    fix: 'correct it where the ranks are started, or set RANKLOG_RANK to the rank (to none if this is no rank)',
  })
}
