/** Readers for values with units. Each function returns undefined for a text that it cannot read. */

const timeUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

/** Decimal units, as `dd` and the makers of disks use them. */
const sizeUnits: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 }

/** Reads a whole number from 1 to `max`, without a sign or an exponent: `8`. */
export function readCount(text: string, max: number = Number.MAX_SAFE_INTEGER): number | undefined {
  const count = Number(text)
  return /^\d+$/.test(text) && count > 0 && count <= max ? count : undefined
}

/** Reads a time above 0 (`500ms`, `20s`, `1.5m`, `1h`) and returns it in ms. */
export function readDuration(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text) ?? []
  return positive(Number(count) * (timeUnits[unit] ?? Number.NaN))
}

/** Reads a size of at least one byte (`300`, `300B`, `1k`, `10kB`) and returns it in bytes. */
export function readSize(text: string): number | undefined {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([kKMG]?)B?$/.exec(text) ?? []
  const bytes = Number(count) * (sizeUnits[unit] ?? Number.NaN)
  return Number.isSafeInteger(bytes) ? positive(bytes) : undefined
}

/** Reads a rate (`10M`, `10MB/s`, `500k/s`) and returns it in bytes a second. */
export function readRate(text: string): number | undefined {
  return readSize(text.replace(/\/s$/, ''))
}

/** Reads the lines that a rank logs in a step: `100/step` or `100`. */
export function readLines(text: string, max?: number): number | undefined {
  return readCount(text.replace(/\/step$/, ''), max)
}

/** Reads values that are separated by commas, each by `read`. Returns undefined if a value is invalid or repeated. */
export function readList<Value>(text: string, read: (text: string) => Value | undefined): Value[] | undefined {
  const values = text.split(',').map((part) => read(part.trim()))
  const isValid = (value: Value | undefined): value is Value => value !== undefined
  return values.every(isValid) && areDistinct(values) ? values : undefined
}

/**
 * Reads names that are separated by commas, in upper or lower case. Returns undefined if a name is unknown or repeated.
 *
 * @param shortNames returns the short names of a name; a short name is read as all names that have it
 */
export function readNames<Name extends string>(
  text: string,
  known: readonly Name[],
  shortNames: (name: Name) => readonly string[] = () => [],
): Name[] | undefined {
  const names = readList(text.toLowerCase(), (part) => {
    const found = known.filter((name) => [name, ...shortNames(name)].some((own) => own.toLowerCase() === part))
    return found.length > 0 ? found : undefined
  })?.flat()
  return names && areDistinct(names) ? names : undefined
}

function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length
}

function positive(value: number): number | undefined {
  return value > 0 && Number.isFinite(value) ? value : undefined
}
