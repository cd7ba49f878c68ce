import { absolutePath, expandPath, RankError, type ResolvedRank } from 'pino-rank/sink'

const leaveOut = 'give one, or leave the option out for its default'

/** How {@link OptionChecks.path} resolves a path. */
export interface PathOptions {
  /** Folder that a relative path is resolved against. @default the working directory */
  cwd?: string | undefined
  /** True gives each attempt above 0 a folder of its own. @default false */
  attemptFolder?: boolean
}

/** Checks of a sink's options: each gives the value, or throws RankError OPTION_INVALID in the family's form. */
export class OptionChecks {
  readonly #from: string

  /** @param from the package that complains */
  constructor(from: string) {
    this.#from = from
  }

  text(option: string, value: unknown): string {
    if (typeof value === 'string' && value !== '') return value
    throw this.invalid(option, 'a text', value)
  }

  optionalText(option: string, value: unknown): string | undefined {
    return value === undefined ? undefined : this.text(option, value)
  }

  flag(option: string, value: unknown): boolean {
    if (typeof value === 'boolean') return value
    throw this.invalid(option, 'true or false', value)
  }

  whole(option: string, value: unknown, min: number, max: number): number {
    if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
    throw this.invalid(option, `a whole number from ${min} to ${max}`, value)
  }

  /** A text whose placeholders are filled in. @throws {RankError} PATH_PLACEHOLDER, RANK_FIELD_MISSING */
  filled(option: string, template: unknown, rank: ResolvedRank, attemptFolder = false): string {
    return expandPath(this.text(option, template), rank, { package: this.#from, option, attemptFolder })
  }

  /**
   * Returns the absolute path with its placeholders filled in. A later `process.chdir` moves no file.
   * @throws as {@link filled}
   */
  path(option: string, template: unknown, rank: ResolvedRank, context: PathOptions = {}): string {
    return absolutePath(this.filled(option, template, rank, context.attemptFolder), context.cwd)
  }

  invalid(option: string, expected: string, received: unknown, fix: string = leaveOut): RankError {
    return new RankError('OPTION_INVALID', { package: this.#from, at: `option "${option}"`, expected, received, fix })
  }
}
