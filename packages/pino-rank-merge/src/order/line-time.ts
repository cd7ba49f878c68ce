import { timeOf } from 'pino-rank/record'

/** Reads times that the kernel leaves alone: nested names, seconds, nanoseconds, ISO times with an offset. */
export class LineTime {
  /** The name as it stands in a line, where it is one of the line's own; else undefined. */
  readonly key: Buffer | undefined
  readonly isPinoKey: boolean
  readonly #path: readonly string[]
  readonly #field: RegExp

  /** @param name of the time; dots lead into objects, unless the line has the whole name */
  constructor(name = 'time') {
    this.#path = name.split('.')
    this.key = this.#path.length === 1 ? Buffer.from(JSON.stringify(name)) : undefined
    this.isPinoKey = name === 'time'
    const last = JSON.stringify(this.#path.at(-1)).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    this.#field = new RegExp(`${last}:\\s*("[^"\\\\]*"|-?\\d[\\d.eE+-]*)\\s*[,}]`)
  }

  /** ms since 1970; undefined: the line is none of JSON, or has no such time. */
  read(line: string): number | undefined {
    let found: unknown
    try {
      found = JSON.parse(line)
    } catch {
      return undefined
    }
    const whole = this.#path.join('.')
    if (isObject(found) && Object.hasOwn(found, whole)) return timeOf(found[whole])
    for (const name of this.#path) found = isObject(found) && Object.hasOwn(found, name) ? found[name] : undefined
    return timeOf(found)
  }

  /** Finds the time in a part of a line, without parsing it: the first field of that name that has a number or a text. */
  find(part: string): number | undefined {
    const [, value] = this.#field.exec(part) ?? []
    return value === undefined ? undefined : timeOf(value.startsWith('"') ? value.slice(1, -1) : Number(value))
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
