/**
 * The names of logs and of their rotated files, as we and others write them: logrotate (also with `dateext`, `dateformat` and
 * `extension`), pino-roll, winston-daily-rotate-file, log4js, and Python's handlers.
 */

/** What a file's name says about its place among the files of its log. */
export interface LogName {
  name: string
  /** The name of the log while it is written: `train.log` for `train.log-20250101.gz`. */
  log: string
  /** Digits of the date, in comparable form. Empty if the name has none. */
  date: string
  /** Digits of the number without leading zeros. Empty if the name has none. */
  number: string
  /** True if the date or number stands before the extension. Such a file may still be written under this name. */
  isInside: boolean
  /** True if the file is packed. */
  packed: boolean
}

const extension = /^(.+\.(?:log|ndjson|jsonl))(.*)$/s
const pack = '\\.(?:gz|zst|bz2|xz)'
const isPacked = new RegExp(pack)

/**
 * `2025-01-01`, `20250101`, `2025.01`, with a time of day or without; or seconds or milliseconds since 1970. An hour behind a
 * separator (`20250101-12`) is read as a number: the order is the same, and `2025-01-01.12` may be the twelfth file of the day.
 */
const day = '((?:19|20)\\d\\d)[-_.]?(0[1-9]|1[0-2])(?:[-_.]?(0[1-9]|[12]\\d|3[01]))?'
const time = '(?:[-_T]?([01]\\d|2[0-4])[-_.:]?([0-5]\\d)(?:[-_.:]?([0-5]\\d))?Z?|T?([01]\\d|2[0-4])Z?)?'
const date = `[-_.](?:${day}${time}|(\\d{10}|\\d{13}))`
const number = '[-_.](\\d+)'

/** What a rotation puts behind a name: a number after a dot, or a date and perhaps a number; packed before or afterwards. */
const behind = new RegExp(`^(?:${pack})?(?:\\.(\\d+)|${date}(?:${number})?)?(${pack})?$`)

/** What a rotation puts between a rank and the extension. */
const inside = new RegExp(`^(.*\\.rank-(?:\\d+|unknown(?:-\\d+)?))(?:${date})?(?:${number})?(\\.[^.]+)$`)

/** Returns what the name of a file in a folder says. Undefined if it is no log's name. */
export function readLogName(name: string): LogName | undefined {
  const [, log, rest] = extension.exec(name) ?? []
  return log === undefined ? undefined : readNameAfter(log, rest as string)
}

/** Returns what a name says that begins with that of a log, whatever the log's extension. Undefined if it is another file's. */
export function readNameOf(log: string, name: string): LogName | undefined {
  const found = name.startsWith(log) ? readNameAfter(log, name.slice(log.length)) : undefined
  return found?.log === log ? found : undefined
}

function readNameAfter(log: string, rest: string): LogName | undefined {
  const match = behind.exec(rest)
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
    packed: isPacked.test(rest),
  }
}

/** Returns the groups of {@link date} as fourteen digits. */
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

/** Orders the files of a log by their names: those with a number, those with a date, and last the one without either. */
export function compareLogNames(a: LogName, b: LogName): number {
  return (
    floorOf(a) - floorOf(b) ||
    Number(a.date > b.date) - Number(a.date < b.date) ||
    compareNumbers(a.number, b.number) ||
    Number(a.packed) - Number(b.packed) ||
    Number(a.name > b.name) - Number(a.name < b.name)
  )
}

function floorOf({ date, number }: LogName): number {
  return date !== '' ? 1 : number !== '' ? 0 : 2
}

/** Compares digits of any length; `3.2` is the second part of the third. */
function compareNumbers(a: string, b: string): number {
  const [[a1 = '', a2 = ''], [b1 = '', b2 = '']] = [a.split('.'), b.split('.')]
  return compareDigits(a1, b1) || compareDigits(a2, b2)
}

function compareDigits(a: string, b: string): number {
  return a.length - b.length || Number(a > b) - Number(a < b)
}

/** Returns the rank that the name of a log has. `unknown`: the rank was malformed. Undefined: the name has none. */
export function rankInName(log: string): number | 'unknown' | undefined {
  const [, rank] = /\.rank-(\d+|unknown[^.]*)\.[^.]+$/.exec(log) ?? []
  if (rank === undefined) return undefined
  return rank.startsWith('unknown') ? 'unknown' : Number(rank)
}
