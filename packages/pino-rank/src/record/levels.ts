/** A level as pino takes it: a label or its number. `'silent'` is above every level. */
export type Level = string | number

/** Maps a label to its number. */
export type Levels = Readonly<Record<string, number>>

/** pino's default levels. They are not read from pino, because a sink in a worker must not load it. */
export const pinoLevels: Levels = { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 }

/** Returns the number of `label` in `levels`, whatever its case. Undefined if `levels` does not have it. */
export function labelNumber(label: string, levels: Levels): number | undefined {
  if (Object.hasOwn(levels, label)) return levels[label]
  const lower = label.toLowerCase()
  if (Object.hasOwn(levels, lower)) return levels[lower]
  const name = Object.keys(levels).find((name) => name.toLowerCase() === lower)
  return name === undefined ? undefined : levels[name]
}

/** Returns the label that selects the same records as `number`: the lowest level at or above it. */
export function levelLabel(number: number, levels: Levels): string {
  if (number === Infinity) return 'silent'
  const [lowest] = Object.entries(levels)
    .filter(([, value]) => value >= number)
    .sort(([, a], [, b]) => a - b)
  return lowest?.[0] ?? 'silent'
}
