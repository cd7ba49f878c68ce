import { RankError } from './rank-error.ts'

/** The longest timer that Node supports, in ms. A longer one fires at once. */
export const maxTimerMs: number = 2 ** 31 - 1

// The members have no doc comments: the bundler keeps comments inside a class, and every gated rank loads the bundle.

/**
 * Checks the options of one package. A check returns the value, or throws a RankError OPTION_INVALID that names the package, the
 * option, what is expected, what was received and what to do.
 *
 * - `timeMs` takes a whole number of ms that is valid for a Node timer, from `min` on. @default 1
 * - `rejectUnknownKeys` throws OPTION_UNKNOWN for the first key of `options` that is not in `known`. `at` names the object in the
 *   error. `nested` has the keys of nested options by the option's name, `{ rotate: ['maxBytes'] }`. `fixes` has advice for keys
 *   that are options elsewhere.
 * - `invalid` returns the error for an option that the caller checks itself. `invalidAt` is for input that is not an option, e.g.
 *   an argument. `fix` replaces the advice of the constructor.
 */
export class OptionChecker {
  readonly packageName: string
  readonly #fix: string

  constructor(packageName: string, fix = 'give one, or leave the option out for its default') {
    this.packageName = packageName
    this.#fix = fix
  }

  text(option: string, value: unknown): string {
    if (typeof value === 'string' && value !== '') return value
    throw this.invalid(option, 'a non-empty string', value)
  }

  optionalText(option: string, value: unknown): string | undefined {
    return value === undefined ? undefined : this.text(option, value)
  }

  flag(option: string, value: unknown): boolean {
    if (typeof value === 'boolean') return value
    throw this.invalid(option, 'true or false', value)
  }

  wholeNumber(option: string, value: unknown, min: number, max: number): number {
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return (value as number) + 0 // no -0
    throw this.invalid(option, `a whole number from ${min} to ${max}`, value)
  }

  timeMs(option: string, value: unknown, min = 1): number {
    return this.wholeNumber(option, value, min, maxTimerMs)
  }

  oneOf<Choice extends string>(option: string, value: Choice, choices: readonly Choice[]): Choice {
    if (choices.includes(value)) return value
    const expected = choices.map((choice) => JSON.stringify(choice)).join(' or ')
    throw this.invalid(option, expected, value, 'give one of them')
  }

  rejectUnknownKeys(
    options: object,
    known: readonly string[],
    at = 'options',
    nested: Record<string, readonly string[]> = {},
    fixes: Readonly<Record<string, string>> = {},
  ): void {
    for (const key of Object.keys(options)) {
      if (known.includes(key)) continue
      const fix = Object.hasOwn(fixes, key) ? fixes[key] : undefined
      const outer = Object.keys(nested).find((option) => nested[option]?.includes(key))
      throw new RankError('OPTION_UNKNOWN', {
        package: this.packageName,
        at,
        expected: `only ${known.join(', ')}`,
        received: key,
        fix: fix ?? (outer ? `did you mean ${outer}.${key}?` : 'check the spelling or remove it'),
      })
    }
  }

  invalid(option: string, expected: string, received: unknown, fix?: string): RankError {
    return this.invalidAt(`option "${option}"`, expected, received, fix)
  }

  invalidAt(at: string, expected: string, received: unknown, fix: string = this.#fix): RankError {
    return new RankError('OPTION_INVALID', { package: this.packageName, at, expected, received, fix })
  }
}
