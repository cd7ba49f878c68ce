import { OptionChecker, RankError, warnOnce } from '../errors/index.ts'
import { missingField } from './missing-field.ts'
import type { ResolvedRank } from './rank-info.ts'

/** Ranks as a user writes them: `0`, `[0, 4]`, `'0,4-7'`, `'1-'`, `'*'`, `'0-63/8'` (0, 8, … 56), `'local:0'`. */
export type RankSetInput = string | number | readonly number[]

/** A set of ranks, independent of the world. Plain data. */
export interface RankSet {
  /** As the user wrote it. */
  source: string
  /** True if the spans are local ranks, on each node. */
  local: boolean
  spans: readonly RankSpan[]
}

/** `from`, `from + step`, … up to `to`, which may be Infinity. */
export interface RankSpan {
  from: number
  to: number
  step: number
}

/** Reports whether this rank is one of `ranks`. Throws what {@link parseRankSet} and {@link isInRankSet} throw. */
export function isOneOf(ranks: RankSetInput, rank: ResolvedRank): boolean {
  return isInRankSet(parseRankSet(ranks), rank)
}

/**
 * Reports whether this rank is in the set. Ranks outside this world are ignored, so that a set may be used with a smaller world
 * (after an elastic restart, on a laptop). If no rank of the world is left, rank 0 is selected, and rank 0 warns once. An unknown
 * rank is in no set, not even in `*`.
 *
 * @throws {RankError} RANK_FIELD_MISSING for `local:` if the launcher gave no local rank
 */
export function isInRankSet(set: RankSet, rank: ResolvedRank): boolean {
  if (rank.rank === 'unknown') return false
  const [own, size] = set.local ? [rank.localRank, rank.localWorldSize] : [rank.rank, rank.worldSize]
  if (own === undefined) {
    throw missingField('localRank', rank, { package: 'pino-rank', at: `rank set "${set.source}"` })
  }
  if (size === undefined || set.spans.some(({ from }) => from < size))
    return set.spans.some((span) => isInSpan(span, own))
  if (rank.rank === 0) warnOfEmptySet(set, size)
  return own === 0
}

function isInSpan({ from, to, step }: RankSpan, rank: number): boolean {
  return rank >= from && rank <= to && (rank - from) % step === 0
}

function warnOfEmptySet({ source, local }: RankSet, size: number): void {
  const [where, instead] = local ? ['on this node', 'local rank 0'] : ['of this job', 'rank 0']
  warnOnce(
    'RANK_SET_EMPTY',
    `pino-rank: rank set "${source}" selects none of the ${size} ranks ${where}; ${instead} is used instead`,
  )
}

/**
 * Parses a rank set: spans that are separated by commas and optional white space. `local:` at the start means local ranks.
 *
 * @throws {RankError} RANK_SET_SYNTAX, pointing at the character; OPTION_INVALID for a value that is not a rank set
 */
export function parseRankSet(input: RankSetInput): RankSet {
  const source = textOf(input)
  let at = 0
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const [text] = pattern.exec(source) ?? []
    at += text?.length ?? 0
    return text
  }
  const integer = (expected: string, min = 0): number => {
    const start = at
    const value = Number(take(/\d+/y) ?? Number.NaN)
    if (Number.isSafeInteger(value) && value >= min) return value
    throw syntaxError(source, start, expected)
  }
  const spanWithStep = (from: number, to: number): RankSpan => ({
    from,
    to,
    step: take(/\//y) ? integer('a step from 1 on', 1) : 1,
  })
  const span = (): RankSpan => {
    if (take(/\*/y)) return spanWithStep(0, Infinity)
    const from = integer('a rank or *')
    if (!take(/-/y)) return { from, to: from, step: 1 }
    return spanWithStep(from, /\d/.test(source.charAt(at)) ? integer(`a rank from ${from} on`, from) : Infinity)
  }

  take(/\s+/y)
  const local = take(/local:/y) !== undefined
  const spans: RankSpan[] = []
  do {
    take(/\s+/y)
    spans.push(span())
    take(/\s+/y)
  } while (take(/,/y))
  if (at < source.length) throw syntaxError(source, at, 'a comma or the end')
  return { source, local, spans }
}

function textOf(input: RankSetInput): string {
  if (typeof input === 'string' || typeof input === 'number') return String(input)
  if (Array.isArray(input) && input.every((rank) => typeof rank === 'number')) return input.join(',')
  const expected = 'a rank set: a string, a rank or an array of ranks'
  throw new OptionChecker('pino-rank', example).invalid('ranks', expected, input)
}

function syntaxError(source: string, at: number, expected: string): RankError {
  return new RankError('RANK_SET_SYNTAX', {
    package: 'pino-rank',
    at: 'option "ranks"',
    expected: `${expected} at character ${at + 1}`,
    received: source,
    fix: `${example}\n  ${source.replace(/\s/g, ' ')}\n  ${' '.repeat(at)}^`,
  })
}

const example = 'write it like 0 or 0,4-7 or 1- or 0-63/8 or * or local:0'
