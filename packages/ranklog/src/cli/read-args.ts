import { parseArgs } from 'node:util'
import { parseRankSet, type RankError, type RankSet } from 'pino-rank/sink'
import type { Command, Given } from './command.ts'
import { InputError } from './input-error.ts'

/** Reads a command's arguments. @throws {InputError} that names the one to mend */
export function readArgs(command: Command, args: readonly string[]): Given {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { value, short, multiple = false }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), multiple, ...(short && { short }) },
    ]),
  )
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true })
    return { options: values as Given['options'], paths: positionals }
  } catch (error) {
    const [what] = (error as Error).message.split(/\. |\n/)
    throw new InputError(`${what}`, `ranklog ${command.name} --help shows its options`)
  }
}

/** Reads `--ranks`, in the grammar of the option `ranks`. @returns undefined if it is not given @throws {InputError} */
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

/** A time: ISO, ms since 1970, or how long ago: `10m`, `2h`, `1d`. @throws {InputError} */
export function readTime(option: string, text: string, now: number): number {
  const [, count, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? []
  if (unit !== undefined) return now - Number(count) * (units[unit] as number)
  const time = /^\d{12,14}$/.test(text) ? Number(text) : Date.parse(text)
  if (Number.isNaN(time))
    throw new InputError(
      `--${option}: "${text}" is no time`,
      'write e.g. 2025-01-30T12:00:00Z, or 10m for ten minutes ago',
    )
  return time
}

const units: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

const levels: Record<string, number> = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** A level by its name or number. @throws {InputError} */
export function readLevel(text: string): number {
  const level = levels[text] ?? Number(text)
  if (!Number.isFinite(level))
    throw new InputError(
      `--level: "${text}" is no level`,
      `write one of ${Object.keys(levels).join(', ')}, or a number`,
    )
  return level
}

/** Reads a whole number from `least` to `most`. @returns `fallback` if the option is not given @throws {InputError} */
export function readCount(
  option: string,
  given: Given['options'][string],
  fallback: number,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  const text = String(given ?? fallback)
  const count = Number(text)
  if (text.trim() === '' || !Number.isSafeInteger(count) || count < least || count > most) {
    const limits = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
    throw new InputError(`--${option}: "${text}" is no whole number ${limits}`, `write e.g. ${fallback}`)
  }
  return count
}

/** What stands before each line. @throws {InputError} for what is not filled in */
export function readLabel(given: Given['options'][string]): string | undefined {
  if (typeof given !== 'string') return undefined
  const other = given.match(/\{\w*\}/g)?.find((name) => name !== '{rank}' && name !== '{host}')
  if (other !== undefined) throw new InputError(`--label: nothing is known as ${other}`, 'write {rank} or {host}')
  return given
}
