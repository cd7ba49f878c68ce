/**
 * Names of logs and their rotated files, as they are written by our packages, logrotate (also with `dateext`, `dateformat` and
 * `extension`), pino-roll, winston-daily-rotate-file, log4js, and Python's handlers.
 */

/** The parts of a file's name. They decide its position among the files of its log. */
export interface LogName {
  name: string
  /** The name of the log without rotation: `train.log` for `train.log-20250101.gz`. */
  log: string
  /** The date as digits that can be compared. Empty if the name has none. */
  date: string
  /** The number without leading zeros. Empty if the name has none. */
  number: string
  /** True if the date or number is before the extension. Such a file may be the one that is written now. */
  isInside: boolean
  /** True if the file is compressed. */
  isCompressed: boolean
}

const extension = /^(.+\.(?:log|ndjson|jsonl))(.*)$/s
const compressionExtension = '\\.(?:gz|zst|bz2|xz)'
const compressed = new RegExp(compressionExtension)

/**
 * A date: `2025-01-01`, `20250101` or `2025.01`, optionally with a time of day; or seconds or milliseconds since 1970. Two
 * digits after a separator (`2025-01-01.12`) are read as a number and not as an hour, because they may be the twelfth file of
 * the day. The order is the same.
 */
const day = '((?:19|20)\\d\\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\\d|3[01]))?'
const time = '(?:[-_T]?([01]\\d|2[0-4])[-_.:]?([0-5]\\d)(?:[-_.:]?([0-5]\\d))?Z?|T?([01]\\d|2[0-4])Z?)?'
const date = `[-_.](?:${day}${time}|(\\d{10}|\\d{13}))`
const number = '[-_.](\\d+)'

/**
 * The suffix of a rotated file: a number after a dot, or a date with an optional number. The extension of the compression may
 * be before or after it.
 */
const suffix = new RegExp(
  `^(?:${compressionExtension})?(?:\\.(\\d+)|${date}(?:${number})?)?(${compressionExtension})?$`,
)

/** A name in which a rotation puts a date or a number between the rank and the extension. */
const inside = new RegExp(`^(.*\\.rank-(?:\\d+|unknown(?:-\\d+)?))(?:${date})?(?:${number})?(\\.[^.]+)$`)

/** Reads the name of a file. Returns undefined if it is not the name of a log. */
export function readLogName(name: string): LogName | undefined {
  const [, log, rest] = extension.exec(name) ?? []
  return log === undefined ? undefined : readNameAfter(log, rest as string)
}

/** Reads the name of a file of a known log, whose extension may be any. Returns undefined if it is not a file of this log. */
export function readNameOf(log: string, name: string): LogName | undefined {
  const found = name.startsWith(log) ? readNameAfter(log, name.slice(log.length)) : undefined
  return found?.log === log ? found : undefined
}

function readNameAfter(log: string, rest: string): LogName | undefined {
  const match = suffix.exec(rest)
  if (!match) return undefined
  const [, counted, ...others] = match
  const outer = { date: dateOf(others), number: digits(counted ?? others[8]) }
  const within = inside.exec(log) ?? []
  const inner = { date: dateOf(within.slice(2)), number: digits(within[10]) }
  const isInside = (inner.date || inner.number) !== ''
  return {
    name: log + rest,
    log: isInside ? `${within[1]}${within[11]}` : log,
    date: inner.date || outer.date,
    number: inner.number && outer.number ? `${inner.number}.${outer.number}` : inner.number || outer.number,
    isInside,
    isCompressed: compressed.test(rest),
  }
}

/** Returns the match of {@link date} as fourteen digits. */
function dateOf(groups: readonly (string | undefined)[]): string {
  const [year, month, day = '00', hour, minute = '00', second = '00', hourAlone = '00', epoch] = groups
  if (year !== undefined) return `${year}${month}${day}${hour ?? hourAlone}${minute}${second}`
  if (epoch === undefined) return ''
  const ms = Number(epoch) * (epoch.length === 10 ? 1000 : 1)
  return new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14)
}

function digits(number = ''): string {
  return number === '' ? '' : number.replace(/^0+(?=.)/, '')
}

/** Compares names of files of a log: first those with a number, then those with a date, last the one without either. */
export function compareLogNames(a: LogName, b: LogName): number {
  return (
    groupOf(a) - groupOf(b) ||
    Number(a.date > b.date) - Number(a.date < b.date) ||
    compareNumbers(a.number, b.number) ||
    Number(a.isCompressed) - Number(b.isCompressed) ||
    Number(a.name > b.name) - Number(a.name < b.name)
  )
}

function groupOf({ date, number }: LogName): number {
  return date !== '' ? 1 : number !== '' ? 0 : 2
}

/** Compares numbers of any length. `3.2` is the second part of file 3. */
function compareNumbers(a: string, b: string): number {
  const [[a1 = '', a2 = ''], [b1 = '', b2 = '']] = [a.split('.'), b.split('.')]
  return compareDigits(a1, b1) || compareDigits(a2, b2)
}

function compareDigits(a: string, b: string): number {
  return a.length - b.length || Number(a > b) - Number(a < b)
}

/** Returns the rank in the name of a log: `unknown` if the rank was malformed, undefined if the name has no rank. */
export function rankInName(log: string): number | 'unknown' | undefined {
  const [, rank] = /\.rank-(\d+|unknown[^.]*)\.[^.]+$/.exec(log) ?? []
  if (rank === undefined) return undefined
  return rank.startsWith('unknown') ? 'unknown' : Number(rank)
}
