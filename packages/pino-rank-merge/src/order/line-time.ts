import { fieldOf, timeOf } from 'pino-rank/record'
import { maxKeyBytes } from '../kernel/index.ts'

/** The name of the field with the time: one name for all sources, or a function that is called once for each source. */
export type TimeKey = string | ((source: number) => string)

/** Reads times that the kernel does not: with nested names, in seconds or nanoseconds, or ISO times with an offset. */
export class LineTime {
  readonly name: string
  /**
   * The name in quotes, as the kernel looks for it. Undefined if the kernel cannot look for it: it has a dot, or is
   * too long.
   */
  readonly key: Buffer | undefined
  readonly isPinoKey: boolean

  /** @param name name of the time; dots lead into objects, unless the line has the whole name */
  constructor(name = 'time') {
    this.name = name
    const key = Buffer.from(JSON.stringify(name))
    this.key = name.includes('.') || key.length > maxKeyBytes ? undefined : key
    this.isPinoKey = name === 'time'
  }

  /** Returns the time of a line in ms since 1970. Undefined if the line is not JSON, or has no such time. */
  read(line: string): number | undefined {
    const record = recordIn(line)
    return record && this.of(record)
  }

  /** Returns the time of a parsed line in ms since 1970. Undefined if it has no such time. */
  of(record: object): number | undefined {
    return timeOf(fieldOf(record, this.name))
  }

  /** Returns the time of a line, of which only the first part is given. Undefined if that part has no time. */
  find(part: string): number | undefined {
    /** The names of the field that is being read, from the outermost object to the innermost. Undefined in an array. */
    const names: (string | undefined)[] = []
    let text = ''
    let value: string | undefined
    for (const [token] of part.matchAll(tokens)) {
      if (value !== undefined) return timeOf(value.startsWith('"') ? stringIn(value) : Number(value))
      if (token === '{' || token === '[') names.push(undefined)
      else if (token === '}' || token === ']') names.pop()
      else if (token === ':') names[names.length - 1] = stringIn(text)
      else if (token === ',') names[names.length - 1] = undefined
      else if (names.join('.') === this.name && names.at(-1) !== undefined) value = token
      else text = token
    }
    return undefined
  }
}

/** Parses a line. Undefined if it is not a JSON object. */
export function recordIn(line: string): object | undefined {
  try {
    const found: unknown = JSON.parse(line)
    return typeof found === 'object' && found !== null && !Array.isArray(found) ? found : undefined
  } catch {
    return undefined
  }
}

/** The parts of a JSON text: strings, punctuation, and other values. */
const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g

function stringIn(token: string): string {
  try {
    return JSON.parse(token)
  } catch {
    return token
  }
}
