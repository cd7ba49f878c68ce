import { RankError } from '../errors/index.ts'

/** A level as pino takes it: a label or its number. `'silent'` is above all. */
export type Level = string | number

/** Maps a label to its number. */
export type Levels = Readonly<Record<string, number>>

/** pino's default levels. They are not read from pino, because a sink in a worker must not load it. */
export const pinoLevels: Levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/**
 * Returns the levels of a logger with these pino options.
 *
 * @throws {RankError} OPTION_INVALID where pino throws
 */
export function levelsOf(options: { customLevels?: Levels | null; useOnlyCustomLevels?: boolean }): Levels {
  const { customLevels, useOnlyCustomLevels } = options
  if (!useOnlyCustomLevels) return { ...pinoLevels, ...customLevels }
  if (customLevels) return { ...customLevels }
  throw new RankError('OPTION_INVALID', {
    package: 'pino-rank',
    at: 'option "useOnlyCustomLevels"',
    expected: 'customLevels beside it',
    received: customLevels,
    fix: 'define the levels in customLevels, or leave useOnlyCustomLevels out',
  })
}

/** Returns the number of `label` in `levels`, whatever its case. Undefined if `levels` does not have it. */
export function labelNumber(label: string, levels: Levels): number | undefined {
  if (Object.hasOwn(levels, label)) return levels[label]
  const lower = label.toLowerCase()
  if (Object.hasOwn(levels, lower)) return levels[lower]
  const name = Object.keys(levels).find((name) => name.toLowerCase() === lower)
  return name === undefined ? undefined : levels[name]
}

/** Returns the number of a level. @throws {RankError} LEVEL_UNKNOWN for a label that is not in `levels`, or for NaN */
export function levelNumber(level: Level | undefined, levels: Levels, at: string): number {
  if (level === 'silent') return Infinity
  if (typeof level === 'number' && !Number.isNaN(level)) return level
  const number = typeof level === 'string' ? labelNumber(level, levels) : undefined
  if (number !== undefined) return number
  throw new RankError('LEVEL_UNKNOWN', {
    package: 'pino-rank',
    at,
    expected: `one of ${[...Object.keys(levels), 'silent'].join(', ')} or a number`,
    received: level,
    fix: 'name one of them, or define it in customLevels',
  })
}

/**
 * Resolves a level that no user gave, for example the default `'error'`. Returns the label if `levels` has it, else the number
 * that pino gives it. Loggers with `useOnlyCustomLevels` may not have pino's labels.
 */
export function defaultLevel(level: Level, levels: Levels): Level {
  if (typeof level === 'number' || Object.hasOwn(levels, level)) return level
  return Object.hasOwn(pinoLevels, level) ? (pinoLevels[level] as number) : level
}

/** Returns the label that selects the same records as `number`: the lowest level at or above it. */
export function levelLabel(number: number, levels: Levels): string {
  if (number === Infinity) return 'silent'
  const [lowest] = Object.entries(levels)
    .filter(([, value]) => value >= number)
    .sort(([, a], [, b]) => a - b)
  return lowest?.[0] ?? 'silent'
}

const zero = 48

/** Returns the level number at `at`. NaN if there is no number, or if the field does not end behind it. */
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
