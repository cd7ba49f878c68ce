import { levelOf, timeOf } from 'pino-rank/record'
import { parseRankSet, type RankError, type RankSet } from 'pino-rank/sink'
import type { Given } from './command.ts'
import { InputError } from './input-error.ts'
import { levelLabels } from './read-args.ts'

/** Reads `--ranks`, with the grammar of pino-rank's rank sets. Returns undefined if it is not given. @throws {InputError} */
export function readRanks(given: Given['options'][string]): RankSet | undefined {
  if (typeof given !== 'string') return undefined
  try {
    return parseRankSet(given)
  } catch (error) {
    if ((error as RankError).code !== 'RANK_SET_SYNTAX') throw error
    throw new InputError(
      `--ranks: invalid rank set "${given}"`,
      "use for example 0-3,7 or 1- or 0-63/8 or '*' or local:0",
    )
  }
}

/** Reads a time: ISO 8601, a number since 1970, or a time before now such as `10m`, `2h`, `1d`. @throws {InputError} */
export function readTime(option: string, text: string, now: number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (unit !== undefined) return now - Number(count) * (units[unit] as number)
  const time = timeOf(text)
  if (time === undefined)
    throw new InputError(
      `--${option}: invalid time "${text}"`,
      'use for example 2025-01-30T12:00:00Z, or 10m for ten minutes ago',
    )
  return time
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Reads a level, by its label or number. @throws {InputError} */
export function readLevel(text: string): number {
  const level = levelOf(text)
  if (level === undefined)
    throw new InputError(`--level: unknown level "${text}"`, `use one of ${levelLabels.join(', ')}, or a number`)
  return level
}

/** Reads a whole number from `min` to `max`. Returns `fallback` if the option is not given. @throws {InputError} */
export function readCount(
  option: string,
  given: Given['options'][string],
  fallback: number,
  min: number,
  max: number = Number.MAX_SAFE_INTEGER,
): number {
  const text = String(given ?? fallback)
  const count = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(count) || count < min || count > max) {
    const limits = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `from ${min} to ${max}`
    throw new InputError(
      `--${option}: expected a whole number ${limits}, received "${text}"`,
      `use for example ${fallback}`,
    )
  }
  return count
}

/** Reads `--label`, the template for the label of each line. @throws {InputError} for an unknown placeholder */
export function readLabel(given: Given['options'][string]): string | undefined {
  if (typeof given !== 'string') return undefined
  const other = given.match(/\{\w*\}/g)?.find((name) => name !== '{rank}' && name !== '{host}')
  if (other !== undefined) throw new InputError(`--label: unknown placeholder ${other}`, 'use {rank} or {host}')
  return given
}
