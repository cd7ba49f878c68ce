import { OptionChecker, RankError, warnOnce } from '../errors/index.ts'
import { missingField } from './missing-field.ts'
import type { ResolvedRank } from './rank-info.ts'

/** Ranks as a user names them: `0`, `[0, 4]`, `'0,4-7'`, `'1-'`, `'*'`, `'0-63/8'` (0, 8, … 56), `'local:0'`. */
export type RankSetInput = string | number | readonly number[]

/** Some of the ranks of any world. Plain data. */
export interface RankSet {
  /** As the user wrote it. */
  source: string
  /** Of each node, by local rank. */
  local: boolean
  spans: readonly RankSpan[]
}

/** `from`, `from + step`, … up to `to`, which may be Infinity. */
export interface RankSpan {
  from: number
  to: number
  step: number
}

/**
 * Reports whether this rank is one of `ranks`, as {@link parseRankSet} reads them and {@link isInRankSet} decides.
 * Throws what they throw.
 */
export function isOneOf(ranks: RankSetInput, rank: ResolvedRank): boolean {
  return isInRankSet(parseRankSet(ranks), rank)
}

/**
 * Reports whether this rank is in the set. Ranks outside this world are ignored (an elastic restart, a laptop). A set
 * that has only such ranks means rank 0, with one warning for each process, on rank 0. An unknown rank is in no set,
 * not even `*`.
 *
 * @throws {RankError} RANK_FIELD_MISSING for `local:` where the launcher gave no local rank
 */
export function isInRankSet(set: RankSet, rank: ResolvedRank): boolean {
  if (rank.rank === 'unknown') return false
  const [own, size] = set.local ? [rank.localRank, rank.localWorldSize] : [rank.rank, rank.worldSize]
  if (own === undefined) {
    throw missingField('localRank', rank, { package: 'pino-rank', at: `rank set "${set.source}"` })
  }
  if (size === undefined || set.spans.some(({ from }) => from < size))
    return set.spans.some((span) => isInSpan(span, own))
  if (rank.rank === 0) warnOfNobody(set, size)
  return own === 0
}

function isInSpan({ from, to, step }: RankSpan, rank: number): boolean {
  return rank >= from && rank <= to && (rank - from) % step === 0
}

function warnOfNobody({ source, local }: RankSet, size: number): void {
  const [where, instead] = local ? ['node', 'local rank 0'] : ['world', 'rank 0']
  warnOnce(
    'RANK_SET_EMPTY',
    `pino-rank: rank set "${source}" selects no rank of this ${where} of ${size}: ${instead} instead`,
  )
}

/**
 * Reads a rank set: spans between commas, with white space around them; `local:` before them all means local ranks.
 *
 * @throws {RankError} RANK_SET_SYNTAX, pointing at the character; OPTION_INVALID for what is no set at all.
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
