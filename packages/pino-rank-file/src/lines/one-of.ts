import { RankError } from 'pino-rank/sink'

/** `value`, which must be one of `choices`. @throws {RankError} OPTION_INVALID */
export function oneOf<Choice extends string | boolean>(
  from: string,
  option: string,
  value: Choice,
  choices: readonly Choice[],
): Choice {
  if (choices.includes(value)) return value
  throw new RankError('OPTION_INVALID', {
    package: from,
    at: `option "${option}"`,
    expected: choices.map((choice) => JSON.stringify(choice)).join(' or '),
    received: value,
    fix: 'give one of them',
  })
}
