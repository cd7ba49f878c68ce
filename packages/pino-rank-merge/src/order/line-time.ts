/** Reads times that the kernel leaves alone: nested names, seconds, nanoseconds, ISO times with an offset. */
export class LineTime {
  /** The name as it stands in a line, where it is one of the line's own; else undefined. */
  readonly key: Buffer | undefined
  readonly leads: boolean
  readonly #path: readonly string[]

  /** @param name of the time; dots lead into objects, unless the line has the whole name */
  constructor(name = 'time') {
    this.#path = name.split('.')
    this.key = this.#path.length === 1 ? Buffer.from(JSON.stringify(name)) : undefined
    this.leads = name === 'time'
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

  /** Of the first bytes of a line too long to be held: its time, if it is among them. */
  readStart(start: string): number | undefined {
    const name = this.#path.at(-1) as string
    const found = new RegExp(
      `${JSON.stringify(name).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}:("[^"\\\\]*"|[\\d.]+)[,}]`,
    ).exec(start)
    return found ? timeOf(JSON.parse(found[1] as string)) : undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

/** Milliseconds as pino writes them; seconds, microseconds and nanoseconds are known by their size. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'string') return /^\d+(\.\d+)?$/.test(value) ? timeOf(Number(value)) : validOf(Date.parse(value))
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) return undefined
  if (value < 1e11) return value * 1000
  if (value < 1e14) return value
  return value < 1e17 ? value / 1000 : value / 1e6
}

function validOf(time: number): number | undefined {
  return Number.isNaN(time) || time < 0 ? undefined : time
}
