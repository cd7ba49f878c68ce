import { type Levels, levelsOf, OptionChecker } from 'pino-rank/sink'

/** Options that a ready stream needs, because pino passes its levels only to targets. */
export interface LevelOptions {
  /** The logger's `customLevels`, needed if `flushLevel` names one of them. @default none */
  customLevels?: Levels
}

/** Separates the levels from the other options, and checks them. @throws {RankError} OPTION_INVALID */
export function splitLevels<Options extends LevelOptions>(
  packageName: string,
  { customLevels, ...others }: Options,
): [levels: Levels, others: Omit<Options, keyof LevelOptions>] {
  if (customLevels === undefined || isLevels(customLevels)) return [levelsOf({ customLevels }), others]
  const fix = 'give those of the logger, e.g. { audit: 35 }'
  throw new OptionChecker(packageName, fix).invalid('customLevels', 'the number of each label', customLevels)
}

function isLevels(value: unknown): value is Levels {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject && Object.values(value).every((number) => typeof number === 'number' && !Number.isNaN(number))
}
