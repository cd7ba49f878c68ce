import { type Levels, labelNumber, pinoLevels } from './levels.ts'
import { fieldOf } from './record-field.ts'

const leading = '{"level":'

/**
 * Other names of the field, the more common ones first: of Google Cloud and OpenTelemetry, Go, the Elastic Common Schema (also
 * nested), Python, .NET and HashiCorp.
 */
const otherNames =
  'severity lvl log.level levelname log_level logLevel loglevel severityText severity_text Level @level @l'.split(' ')

/**
 * The smallest number that is a level under another name. Smaller ones are those of syslog, where 0 is the most severe, or not
 * levels.
 */
const minOtherNumber = 10

/** The label of pino that means the same as a label of another library, which is in lower case. */
const otherLabels: Readonly<Record<string, string>> = {
  finest: 'trace',
  finer: 'trace',
  silly: 'trace',
  verbose: 'debug',
  fine: 'debug',
  http: 'debug',
  dbg: 'debug',
  information: 'info',
  informational: 'info',
  notice: 'info',
  success: 'info',
  inf: 'info',
  warning: 'warn',
  wrn: 'warn',
  err: 'error',
  severe: 'error',
  critical: 'fatal',
  crit: 'fatal',
  alert: 'fatal',
  emergency: 'fatal',
  emerg: 'fatal',
  panic: 'fatal',
  dpanic: 'fatal',
  ftl: 'fatal',
}

/**
 * Returns the number of a level in a record: a number, digits in a string, or a label in any case. A label that the logger does
 * not have may be one of another library: `WARNING` is `warn`, `critical` is `fatal`. Undefined if it is none of these.
 *
 * @param levels the logger's, for records that have a label
 */
export function levelOf(value: unknown, levels: Levels = pinoLevels): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const number = labelNumber(value, levels)
  if (number !== undefined) return number
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  const label = value.toLowerCase()
  return Object.hasOwn(otherLabels, label) ? labelNumber(otherLabels[label] as string, levels) : undefined
}

/**
 * Returns the level of a record, for example of parsed JSON: its `level`, or a level under a name that other loggers use, for
 * example `severity` or `log.level`. Undefined if it has no known level.
 */
export function recordLevel(record: unknown, levels: Levels = pinoLevels): number | undefined {
  const own = levelOf(fieldOf(record, 'level'), levels)
  if (own !== undefined) return own
  for (const name of otherNames) {
    const level = levelOf(fieldOf(record, name), levels)
    if (level !== undefined && level >= minOtherNumber) return level
  }
  return undefined
}

/**
 * Returns the level of a line, as {@link recordLevel} reads it. Undefined if the line is not a record with a known level. The line
 * is parsed only if the level is not its first field, as it is in pino's lines.
 */
export function lineLevel(line: string, levels: Levels = pinoLevels): number | undefined {
  const number = line.startsWith(leading) ? levelAt(line, leading.length, levels) : undefined
  if (number !== undefined || !/^\s*\{/.test(line)) return number
  try {
    return recordLevel(JSON.parse(line), levels)
  } catch {
    return undefined // a torn line, or text
  }
}

/**
 * Returns the level whose value starts at `at`, after `"level":`. Undefined if it is cut off, unknown, or neither a whole number
 * nor a label.
 */
export function levelAt(text: string, at: number, levels: Levels = pinoLevels): number | undefined {
  let number = 0
  let end = at
  for (let digit = text.charCodeAt(end) - zero; digit >= 0 && digit <= 9; digit = text.charCodeAt(end) - zero) {
    number = 10 * number + digit
    end++
  }
  const next = text[end]
  if (end > at && (next === ',' || next === '}')) return number
  field.lastIndex = at
  const [, digits, label] = field.exec(text) ?? []
  return levelOf(digits ?? label, levels)
}

const zero = 48

/** Matches layouts other than pino's: with spaces, or with a label. */
const field = / *(?:(\d+) *[,}]|"([^"\\]*)")/y
