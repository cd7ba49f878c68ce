import { inspect } from 'node:util'

/**
 * Rejects options that do not exist, such as misspelt ones: in JavaScript they would be ignored.
 *
 * @param names the options
 * @throws {TypeError} if `options` is not an object
 * @throws {RangeError} that names the wrong option, and the one that is probably meant
 */
export function rejectUnknownOptions(owner: string, options: unknown, names: Readonly<Record<string, true>>): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new TypeError(`${owner}: the options must be an object, not ${text(options)}`)
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(names, name)) continue
    const meant = Object.keys(names).find((known) => isSimilar(known, name))
    const fix = meant ? `did you mean ${meant}?` : `the options are ${Object.keys(names).join(', ')}`
    throw new RangeError(`${owner}: there is no option ${name}; ${fix}`)
  }
}

/** Returns a wrong value as text for an error: strings with quotes. */
export function text(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY })
}

/** Reports whether two names differ only by case, underscores, or letters at the end. */
function isSimilar(known: string, given: string): boolean {
  const [one, other] = [known, given].map((name) => name.replaceAll('_', '').toLowerCase()) as [string, string]
  return other.length >= 4 && (one.startsWith(other) || other.startsWith(one))
}
