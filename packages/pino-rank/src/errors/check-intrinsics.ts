import { OptionChecker } from './option-checker.ts'

/**
 * Refuses frozen intrinsics (node's --frozen-intrinsics, SES), under which pino throws without a word about them.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function checkIntrinsics(): void {
  if (!Object.isFrozen(Error)) return
  const fix = 'start node without --frozen-intrinsics: pino finds its caller by Error.prepareStackTrace'
  throw new OptionChecker('pino-rank', fix).invalidAt('global "Error"', 'one that pino may change', 'frozen')
}
