import t from 'tap'
import { OptionChecker, type RankErrorCode } from './index.ts'

const check = new OptionChecker('pino-x')

const refused: [name: string, run: (value: never) => unknown, value: unknown, code: RankErrorCode, message: string][] =
  [
    [
      'text',
      (value) => check.text('id', value),
      '',
      'OPTION_INVALID',
      'option "id": expected a non-empty string, received ""; give one, or leave the option out for its default',
    ],
    [
      'optional text',
      (value) => check.optionalText('id', value),
      3,
      'OPTION_INVALID',
      'option "id": expected a non-empty string, received 3; give one, or leave the option out for its default',
    ],
    [
      'flag',
      (value) => check.flag('mkdir', value),
      'yes',
      'OPTION_INVALID',
      'option "mkdir": expected true or false, received "yes"; give one, or leave the option out for its default',
    ],
    [
      'number below',
      (value) => check.wholeNumber('flushMs', value, 1, 9),
      0,
      'OPTION_INVALID',
      'option "flushMs": expected a whole number from 1 to 9, received 0; give one, or leave the option out for its default',
    ],
    [
      'number above',
      (value) => check.wholeNumber('flushMs', value, 1, 9),
      10,
      'OPTION_INVALID',
      'option "flushMs": expected a whole number from 1 to 9, received 10; give one, or leave the option out for its default',
    ],
    [
      'fraction',
      (value) => check.wholeNumber('flushMs', value, 1, 9),
      1.5,
      'OPTION_INVALID',
      'option "flushMs": expected a whole number from 1 to 9, received 1.5; give one, or leave the option out for its default',
    ],
    [
      'digits',
      (value) => check.wholeNumber('flushMs', value, 1, 9),
      '5',
      'OPTION_INVALID',
      'option "flushMs": expected a whole number from 1 to 9, received "5"; give one, or leave the option out for its default',
    ],
    [
      'time above',
      (value) => check.timeMs('flushMs', value),
      2 ** 31,
      'OPTION_INVALID',
      'option "flushMs": expected a whole number from 1 to 2147483647, received 2147483648; give one, or leave the option out for its default',
    ],
    [
      'choice',
      (value) => check.oneOf('merge', value, ['auto', 'never']),
      undefined,
      'OPTION_INVALID',
      'option "merge": expected "auto" or "never", received nothing; give one of them',
    ],
    [
      'key',
      (value) => check.rejectUnknownKeys(value, ['path']),
      { path: 1, pth: 2 },
      'OPTION_UNKNOWN',
      'options: expected only path, received "pth"; check the spelling or remove it',
    ],
    [
      'key of an option',
      (value) => check.rejectUnknownKeys(value, ['rotate'], 'option "x"', { rotate: ['every'] }),
      { every: 1 },
      'OPTION_UNKNOWN',
      'option "x": expected only rotate, received "every"; did you mean rotate.every?',
    ],
  ]

t.test('an error names the package, the option, what is expected, what was received and the fix', async (t) => {
  for (const [name, run, value, code, message] of refused)
    t.throws(() => run(value as never), { code, message: `pino-x: ${message}` }, name)
})

t.test('a valid value is returned as it is', async (t) => {
  t.strictSame(
    [
      check.text('id', 'a'),
      check.optionalText('id', undefined),
      check.flag('mkdir', false),
      check.wholeNumber('flushMs', 9, 1, 9),
      check.timeMs('endMs', 0, 0),
    ],
    ['a', undefined, false, 9, 0],
  )
  t.equal(check.oneOf('merge', 'auto', ['auto', 'never']), 'auto')
  t.doesNotThrow(() => check.rejectUnknownKeys({ path: 1 }, ['path', 'mode']))
})

t.test('without advice of its own, an error has the advice of its checker', async (t) => {
  const strict = new OptionChecker('pino-x', 'ask for help')
  t.match(strict.invalid('id', 'a string', 3).message, /received 3; ask for help$/)
  t.match(strict.invalidAt('slot', 'a rank', 3).message, /^pino-x: slot: expected a rank, received 3; ask for help$/)
})
