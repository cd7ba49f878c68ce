import { RankError } from 'pino-rank/sink'

/** `value`, which must be a whole number from `min` to `max`. @throws {RankError} OPTION_INVALID */
export function wholeNumber(from: string, option: string, value: unknown, min: number, max: number): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
  throw new RankError('OPTION_INVALID', {
    package: from,
    at: `option "${option}"`,
    expected: `a whole number from ${min} to ${max}`,
    received: value,
    fix: 'give one, or leave the option out for its default',
  })
}
