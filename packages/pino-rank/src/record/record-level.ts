import { type Levels, labelNumber, pinoLevels } from './levels.ts'

const leading = '{"level":'

/**
 * Returns the number of a level as a record has it: a number, digits in a text, or a label in any case, where `WARNING` is
 * `warn`. Undefined if it is none of these.
 *
 * @param levels the logger's, for records that have a label
 */
export function levelOf(value: unknown, levels: Levels = pinoLevels): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value !== 'string') return undefined
  const number = labelNumber(value, levels)
  if (number !== undefined) return number
  if (/^-?\d+(\.\d+)?$/.test(value)) return Number(value)
  return value.toLowerCase() === 'warning' ? labelNumber('warn', levels) : undefined
}

/**
 * Returns the level of a line. Undefined if the line is not a record with a known level. The line is parsed only if the level does
 * not lead it, as pino writes it.
 */
export function lineLevel(line: string, levels: Levels = pinoLevels): number | undefined {
  const number = line.startsWith(leading) ? levelAt(line, leading.length, levels) : undefined
  if (number !== undefined || !/^\s*\{/.test(line)) return number
  try {
    return levelOf(JSON.parse(line).level, levels)
  } catch {
    return undefined // a torn line, or text
  }
}

/**
 * Returns the level whose value starts at `at`, behind `"level":`. Undefined if it is cut off, unknown, or not a whole number or
 * a label.
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

/** Other layouts than pino's: with spaces, or with a label. */
const field = / *(?:(\d+) *[,}]|"([^"\\]*)")/y
