import { escapeControls, oneLine } from './escape-controls.ts'

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

/** The parts of an error message, in the order in which they are printed. */
export interface Complaint {
  /** The package that reports the error. */
  package: string
  /** The option, variable or placeholder that is wrong, as the user wrote it. */
  at: string
  expected: string
  received: unknown
  /** What to do, as an imperative clause. */
  fix: string
}

/**
 * Thrown for invalid input. The message names the package, the option, what was expected and received, and the fix. It is safe
 * for a terminal, and one line unless the fix points at a position in the input. `code` is stable.
 */
export class RankError extends Error {
  override readonly name = 'RankError'
  readonly code: RankErrorCode

  constructor(
    code: RankErrorCode,
    { package: packageName, at, expected, received, fix }: Complaint,
    options?: ErrorOptions,
  ) {
    const what = oneLine(`${packageName}: ${at}: expected ${expected}, received ${show(received)}`)
    super(`${what}; ${escapeControls(fix)}`, options)
    this.code = code
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
