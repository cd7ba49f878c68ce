/** Stable codes of the errors that this family of packages throws. */
export type RankErrorCode =
  | 'LEVEL_UNKNOWN'
  | 'OPTION_INVALID'
  | 'OPTION_UNKNOWN'
  | 'PATH_PLACEHOLDER'
  | 'RANK_FIELD_MISSING'
  | 'RANK_INCOMPLETE'
  | 'RANK_MALFORMED'
  | 'RANK_OUT_OF_RANGE'
  | 'RANK_SET_SYNTAX'
  | 'TARGET_NOT_FOUND'

/** What went wrong, in the order in which a reader needs it. */
export interface Complaint {
  /** The package that complains. */
  package: string
  /** The option, variable or placeholder at fault, as the user wrote it. */
  at: string
  expected: string
  received: unknown
  /** What to do, as an imperative clause. */
  fix: string
}

/** Bad input, told once and whole: package, option, expected, received, the fix; `code` is stable. */
export class RankError extends Error {
  override readonly name = 'RankError'
  readonly code: RankErrorCode

  constructor(code: RankErrorCode, { package: from, at, expected, received, fix }: Complaint, options?: ErrorOptions) {
    super(`${from}: ${at}: expected ${expected}, received ${show(received)}; ${fix}`, options)
    this.code = code
  }
}

/**
 * Throws OPTION_UNKNOWN for the first key of `options` that is not in `known`.
 *
 * @param inner names of what belongs into an option, by the option's own: `{ rotate: ['maxBytes'] }`
 */
export function rejectUnknownKeys(
  from: string,
  options: object,
  known: readonly string[],
  where = 'options',
  inner: Record<string, readonly string[]> = {},
): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue
    const outer = Object.keys(inner).find((option) => inner[option]?.includes(key))
    throw new RankError('OPTION_UNKNOWN', {
      package: from,
      at: where,
      expected: `only ${known.join(', ')}`,
      received: key,
      fix: outer ? `did you mean ${outer}.${key}?` : 'check the spelling or remove it',
    })
  }
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'function') return 'a function'
  try {
    return JSON.stringify(value) ?? String(value)
  } catch {
    return String(value)
  }
}
