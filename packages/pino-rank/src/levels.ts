import { RankError } from './rank-error.ts'

/** A level as pino takes it: a label or its number; `'silent'` is above all. */
export type Level = string | number

/** Label to number. */
export type Levels = Readonly<Record<string, number>>

/** pino's default levels. Not read from pino, because a sink in a worker must not load it. */
export const pinoLevels: Levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** The levels of a logger with these options of pino's. */
export function levelsOf(options: { customLevels?: Levels; useOnlyCustomLevels?: boolean }): Levels {
  return options.useOnlyCustomLevels ? { ...options.customLevels } : { ...pinoLevels, ...options.customLevels }
}

/** @throws {RankError} LEVEL_UNKNOWN for a label that is not in `levels`, or no number. */
export function levelNumber(level: Level, levels: Levels, at: string): number {
  if (level === 'silent') return Infinity
  if (typeof level === 'number' && !Number.isNaN(level)) return level
  const number = typeof level === 'string' ? (levels[level] ?? levels[level.toLowerCase()]) : undefined
  if (number !== undefined) return number
  throw new RankError('LEVEL_UNKNOWN', {
    package: 'pino-rank',
    at,
    expected: `one of ${[...Object.keys(levels), 'silent'].join(', ')} or a number`,
    received: level,
    fix: 'name one of them, or define it in customLevels',
  })
}

/** The label that lets the same records through as `number` does: the lowest level at or above it. */
export function levelLabel(number: number, levels: Levels): string {
  const [lowest] = Object.entries(levels)
    .filter(([, value]) => value >= number)
    .sort(([, a], [, b]) => a - b)
  return lowest?.[0] ?? 'silent'
}

const zero = 48

/** The number of a level at `at`, where a field ends behind it; NaN: there is none, or something else follows. */
export function numberAt(text: string, at: number): number {
  let number = 0
  let end = at
  for (let digit = text.charCodeAt(end) - zero; digit >= 0 && digit <= 9; digit = text.charCodeAt(end) - zero) {
    number = 10 * number + digit
    end++
  }
  const next = text[end]
  return end > at && (next === ',' || next === '}') ? number : NaN
}
