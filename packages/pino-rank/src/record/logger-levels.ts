import { RankError } from '../errors/index.ts'
import { type Level, type Levels, labelNumber, pinoLevels } from './levels.ts'

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
    expected: 'customLevels with it',
    received: customLevels,
    fix: 'define the levels in customLevels, or leave useOnlyCustomLevels out',
  })
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
