import fc from 'fast-check'
import t from 'tap'
import { timeOf } from './record-time.ts'

const ms = 1_700_000_000_123

const cases: [form: string, value: unknown, time: number | undefined][] = [
  ["pino's epochTime", ms, ms],
  ["pino's unixTime", 1_700_000_000, 1_700_000_000_000],
  ["pino's isoTime", '2023-11-14T22:13:20.123Z', ms],
  ["pino's isoTimeNano", '2023-11-14T22:13:20.123456789Z', ms],
  ['seconds with a fraction', 1_700_000_000.5, 1_700_000_000_500],
  ['microseconds', ms * 1000, ms],
  ['nanoseconds', ms * 1e6, ms],
  ['digits in a text', String(ms), ms],
  ['seconds with a fraction in a text', '1700000000.5', 1_700_000_000_500],
  ['nanoseconds in a text, as OpenTelemetry has them', '1700000000123000000', ms],
  ['microseconds in a text, as journald has them', '1700000000123000', ms],
  ['seconds with a decimal comma in a text', '1700000000,5', 1_700_000_000_500],
  ['seconds with an exponent in a text', '1.7e+09', 1_700_000_000_000],
  ['spaces around a number', ' 1700000000 ', 1_700_000_000_000],
  ['a comma as decimal sign', '2023-11-14T22:13:20,123Z', ms],
  ['a comma, microseconds and an offset', '2023-11-14 23:13:20,123456+01:00', ms],
  ['microseconds, as Python writes them', '2023-11-14T22:13:20.123456+00:00', ms],
  ['a digit of a second', '2023-11-14T22:13:20.1Z', ms - 23],
  ['lower case', '2023-11-14t22:13:20.123z', ms],
  ['UTC behind a space', '2023-11-14 22:13:20.123 UTC', ms],
  ['an offset behind a space', '2023-11-14 22:13:20,123 +0000', ms],
  ['an offset of half an hour, without a colon', '2023-11-15T03:43:20.123+0530', ms],
  ['an offset of half an hour, and a space for T', '2023-11-15 03:43:20.123+05:30', ms],
  ['an offset and the name of the time zone, as Java writes it', '2023-11-14T23:13:20.123+01:00[Europe/Berlin]', ms],
  ['without punctuation', '20231114T221320.123Z', ms],
  ['without punctuation, with an offset', '20231114T171320,123-0500', ms],
  ['slashes, as Go writes them, in UTC', '2023/11/14 22:13:20.123Z', ms],
  ['slashes: local time', '2023/11/14 22:13:20', new Date(2023, 10, 14, 22, 13, 20).getTime()],
  ['without seconds', '2023-11-14T22:13Z', 1_699_999_980_000],
  ['an offset', '2023-11-14T23:13:20.123+01:00', ms],
  ['an offset without a colon', '2023-11-14T21:13:20.123-0100', ms],
  ['an offset without minutes, as PostgreSQL writes it', '2023-11-14 23:13:20.123+01', ms],
  ['no offset: local time', '2023-11-14T22:13:20.123', new Date(2023, 10, 14, 22, 13, 20, 123).getTime()],
  ["Python's asctime: local time", '2023-11-14 22:13:20,123', new Date(2023, 10, 14, 22, 13, 20, 123).getTime()],
  ['a day', '2023-11-14', Date.UTC(2023, 10, 14)],
  ['as e-mail writes it', 'Tue, 14 Nov 2023 22:13:20 GMT', 1_700_000_000_000],
  ['the largest number of seconds', 99_999_999_999, 99_999_999_999_000],
  ['the smallest number of milliseconds', 1e11, 1e11],
  ['the largest number of milliseconds', 1e14 - 1, 1e14 - 1],
  ['the smallest number of microseconds', 1e14, 1e11],
  ['the smallest number of nanoseconds', 1e17, 1e11],
  ['the first ms of 1970', 0, 0],
  ['before 1970', -1, undefined],
  ['before 1970 in a text', '-1700000000', undefined],
  ['before 1970, in ms', -ms, undefined],
  ['a date before 1970', '1969-12-31T23:59:59Z', undefined],
  ['beyond nanoseconds', 1e20, undefined],
  ['beyond nanoseconds in a text', '100000000000000000000', undefined],
  ['beyond nanoseconds with an exponent', '1e20', undefined],
  ['the largest numbers', 1e308, undefined],
  ['the largest numbers in a text', '1e308', undefined],
  ['beyond all numbers', '1e400', undefined],
  ['NaN in a text', 'NaN', undefined],
  ['infinite in a text', 'Infinity', undefined],
  ['null in a text', 'null', undefined],
  ['a date of zeros', '0000-00-00T00:00:00Z', undefined],
  ['a month that is none', '2023-13-14T22:13:20Z', undefined],
  ['an hour that is none', '2023-11-14T25:13:20Z', undefined],
  ['a version', '2023.11.14', undefined],
  ['a time of day', '22:13:20', undefined],
  ['a date without a year', 'Nov 14 22:13:20', undefined],
  ['a date without a year, with a fraction', 'Nov 14 22:13:20.1234', undefined],
  ['beyond any date', '2023-11-14T22:13:20Z0000000', undefined],
  ['infinite', Infinity, undefined],
  ['NaN', NaN, undefined],
  ['no date', 'noon', undefined],
  ['text that Date.parse takes for one', 'step 5', undefined],
  ['empty', '', undefined],
  ['null', null, undefined],
  ['missing', undefined, undefined],
  ['true', true, undefined],
  ['an object', { seconds: 1 }, undefined],
  ['a bigint', 1_700_000_000_123n, undefined],
]

for (const [form, value, time] of cases) {
  t.test(form, (t) => {
    t.equal(timeOf(value), time)
    t.end()
  })
}

t.test('an instant is the same in each form, and a time is never negative or infinite', async (_t) => {
  const instant = fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 })
  fc.assert(
    fc.property(
      instant,
      fc.constantFrom('Z', '+00:00', '+0530', '-08', ' +0100'),
      fc.constantFrom('.', ','),
      (ms, zone, comma) => {
        const [, sign = '+', hours = '0', minutes = '0'] = /([+-])(\d\d):?(\d\d)?/.exec(zone) ?? []
        const offset = Number(`${sign}1`) * (60 * Number(hours) + Number(minutes ?? 0)) * 60_000
        const iso = new Date(ms + offset).toISOString().replace('Z', zone).replace('.', comma)
        for (const value of [
          ms,
          String(ms),
          ms * 1000,
          ms * 1e6,
          String(ms * 1000),
          `${ms}000000`,
          iso,
          iso.replace('T', ' '),
        ])
          if (Math.abs((timeOf(value) ?? NaN) - ms) > 0.001) throw new Error(`${value} is ${timeOf(value)}, not ${ms}`)
        if (timeOf(ms / 1000) !== (ms / 1000) * 1000) throw new Error(`${ms / 1000}`)
      },
    ),
  )
  fc.assert(
    fc.property(fc.oneof(fc.double(), fc.string(), fc.jsonValue()), (value) => {
      const time = timeOf(value)
      return time === undefined || (time >= 0 && time <= 8.64e15)
    }),
  )
})
