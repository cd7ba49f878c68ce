import pino from 'pino'

export type Options = Record<string, unknown>
export type Levels = Record<string, number>

/** Returns the levels of a logger with these options. */
export function levelsOf({ customLevels, useOnlyCustomLevels }: Options): Levels {
  return { ...(useOnlyCustomLevels ? {} : pino.levels.values), ...(customLevels as Levels) }
}

/** Returns the number of the level that the options name. Returns undefined if pino rejects it. */
export function givenLevel(options: Options, levels: Levels): number | undefined {
  const { level } = Object.hasOwn(options, 'level') ? options : { level: 'info' }
  if (typeof level === 'number') return Object.values(levels).includes(level) ? level : undefined
  if (typeof level !== 'string') return undefined
  const lower = level.toLowerCase()
  return numberOf(lower in pino.levels.values ? lower : level, levels)
}

/** Returns the number of a label. */
export function numberOf(label: string, levels: Levels): number | undefined {
  return label === 'silent' ? Infinity : levels[label]
}

/** Returns the label that selects the same records as a number: that of the lowest level that is not below it. */
export function labelFrom(number: number, levels: Levels): string {
  const [lowest] = Object.entries(levels)
    .filter(([, value]) => value >= number)
    .sort(([, a], [, b]) => a - b)
  return lowest?.[0] ?? 'silent'
}
