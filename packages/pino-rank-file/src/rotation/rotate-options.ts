import { OptionChecker } from 'pino-rank/sink'
import { byteOption } from 'pino-rank-lines'
import type { NameStyle } from './rotated-names.ts'

/** How often a new file is begun. */
export type Interval = 'day' | 'hour' | 'minute'

/** The lengths of the intervals, in ms. */
export const intervals: Readonly<Record<Interval, number>> = { day: 86_400_000, hour: 3_600_000, minute: 60_000 }

const intervalNames = Object.keys(intervals) as Interval[]

/** UTC, or the time zone of the process (TZ). */
export type TimeZone = 'UTC' | 'local'

/** When a file is rotated, how it is named, and how long it is retained. Costs a `stat` for each batch. */
export interface RotateOptions {
  /** Rotate at this size, in bytes; a file may be longer by one batch of each writer. @default none */
  maxBytes?: number
  /** Rotate at the first line of a new day, hour or minute. @default none */
  every?: Interval
  /** Time zone of the days and hours: UTC, or that of the process, which must then be the same on all ranks. @default 'UTC' */
  timeZone?: TimeZone
  /**
   * Rotate the file of an earlier run at the start. Rank 0 does it, or each rank if each has a file of its own.
   * @default false
   */
  atStart?: boolean
  /**
   * Names of rotated files: `train.log.1` and so on, the highest being the newest, or `train.log.20250130T120000Z`.
   * @default 'numbered'
   */
  names?: NameStyle
  /** Maximum number of rotated files. The newest is always retained. @default no limit */
  keepFiles?: number
  /** Maximum total size of the rotated files, in bytes. @default no limit */
  keepBytes?: number
  /** Maximum age of the last line of a rotated file, in days. @default no limit */
  keepDays?: number
  /**
   * Compress a rotated file after the next rotation. Costs CPU time of another thread. A writer that was stopped during
   * all that time loses its last batch. @default false
   */
  gzip?: boolean
}

/** {@link RotateOptions}, validated and complete. Structured-cloneable. */
export interface RotationSettings extends RotateOptions {
  atStart: boolean
  names: NameStyle
  gzip: boolean
  /** True if this process rotates, deletes and compresses the files of earlier runs when it starts. */
  own: boolean
  /** The kinds of faults that were reported. A writer thread starts with a copy, so that it does not report them again. */
  reportedKinds?: Set<string>
}

/** The names of {@link RotateOptions}. */
export const rotateOptionKeys: readonly string[] = [
  ...['maxBytes', 'every', 'timeZone', 'atStart', 'names', 'keepFiles', 'keepBytes', 'keepDays', 'gzip'],
]

/** What to write in place of an option of pino-roll or of another tool that rotates. */
const foreignOptions: Readonly<Record<string, string>> = {
  size: 'write it as maxBytes, in bytes',
  frequency: 'write every: "day", or "hour"',
  interval: 'write it as every',
  dateFormat: 'write names: "dated"',
  limit: 'write it as keepFiles',
  count: 'write it as keepFiles',
  maxFiles: 'write it as keepFiles',
  compress: 'write gzip: true',
}

/** Intervals as other tools write them; numbers are ms. */
const foreignIntervals: Readonly<Record<string, Interval>> = {
  ...{ daily: 'day', '1d': 'day', '24h': 'day', 86400000: 'day' },
  ...{ hourly: 'hour', '1h': 'hour', '60m': 'hour', 3600000: 'hour' },
  ...{ '1m': 'minute', '60s': 'minute', 60000: 'minute' },
}

/**
 * Validates the options and fills in defaults.
 *
 * @param own true if this process handles the files of earlier runs
 * @throws {RankError} OPTION_INVALID, OPTION_UNKNOWN
 */
export function rotationSettings(packageName: string, rotate: RotateOptions, own: boolean): RotationSettings {
  const check = new OptionChecker(packageName)
  if (typeof rotate !== 'object' || rotate === null || Array.isArray(rotate)) {
    const expected = 'an object, e.g. { maxBytes: 1e8, keepFiles: 10 }'
    throw check.invalid('rotate', expected, rotate, 'give one, or leave the option out')
  }
  check.rejectUnknownKeys(rotate, rotateOptionKeys, 'option "rotate"', {}, foreignOptions)
  const { every, timeZone = 'UTC', atStart = false, names = 'numbered', gzip = false } = rotate
  const max = Number.MAX_SAFE_INTEGER
  return {
    ...limits(check, rotate, { maxBytes: max, keepFiles: max, keepBytes: max, keepDays: 36_500 }),
    ...(every !== undefined && { every: interval(check, every) }),
    timeZone: check.oneOf<TimeZone>('rotate.timeZone', timeZone, ['UTC', 'local']),
    atStart: check.flag('rotate.atStart', atStart),
    names: check.oneOf('rotate.names', names, ['numbered', 'dated']),
    gzip: check.flag('rotate.gzip', gzip),
    own,
    reportedKinds: new Set(),
  }
}

function interval(check: OptionChecker, every: Interval): Interval {
  const meant = Object.hasOwn(foreignIntervals, every) ? foreignIntervals[every] : undefined
  const expected = intervalNames.map((name) => `"${name}"`).join(' or ')
  if (meant) throw check.invalid('rotate.every', expected, every, `write "${meant}"`)
  return check.oneOf('rotate.every', every, intervalNames)
}

type Limits = Pick<RotateOptions, 'maxBytes' | 'keepFiles' | 'keepBytes' | 'keepDays'>

function limits(check: OptionChecker, rotate: Limits, maxValues: Required<Limits>): Limits {
  const given = Object.entries(maxValues).filter(([key]) => rotate[key as keyof Limits] !== undefined)
  return Object.fromEntries(
    given.map(([key, max]) => {
      const value = rotate[key as keyof Limits]
      const name = `rotate.${key}`
      return [
        key,
        key.endsWith('Bytes') ? byteOption(check, name, value, 1, max) : check.wholeNumber(name, value, 1, max),
      ]
    }),
  )
}
