import type { OptionChecker } from 'pino-rank/sink'

/** Powers of 1024 by their letter. */
const units = ['', 'k', 'm', 'g', 't']

/**
 * Returns an option that is a number of bytes. If the value has a unit, such as `'10m'` or `'64 KiB'`, the error names the number
 * of bytes to write instead.
 *
 * @throws {RankError} OPTION_INVALID
 */
export function byteOption(check: OptionChecker, option: string, value: unknown, min: number, max: number): number {
  const [, count, unit = ''] = (typeof value === 'string' && /^([\d.]+) ?([kmgt]?)(?:i?b)?$/i.exec(value)) || []
  const bytes = Math.round(Number(count) * 1024 ** units.indexOf(unit.toLowerCase()))
  if (!(bytes >= min && bytes <= max)) return check.wholeNumber(option, value, min, max)
  throw check.invalid(option, 'a number of bytes', value, `write ${bytes}`)
}
