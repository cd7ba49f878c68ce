import { OptionChecker } from './option-checker.ts'

/**
 * Throws if the intrinsics are frozen (node's --frozen-intrinsics, SES). pino fails there too, but its error does not name the
 * cause.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function checkIntrinsics(): void {
  if (!Object.isFrozen(Error)) return
  const fix = 'start node without --frozen-intrinsics: pino finds its caller by Error.prepareStackTrace'
  throw new OptionChecker('pino-rank', fix).invalidAt('global "Error"', 'one that pino may change', 'frozen')
}
