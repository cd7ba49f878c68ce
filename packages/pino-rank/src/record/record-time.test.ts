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
  ['a comma as decimal sign', '2023-11-14T22:13:20,123Z', ms],
  ['a comma, microseconds and an offset', '2023-11-14 23:13:20,123456+01:00', ms],
  ['an offset', '2023-11-14T23:13:20.123+01:00', ms],
  ['an offset without a colon', '2023-11-14T21:13:20.123-0100', ms],
  ['an offset without minutes, as PostgreSQL writes it', '2023-11-14 23:13:20.123+01', ms],
  ['no offset: local time', '2023-11-14T22:13:20.123', new Date(2023, 10, 14, 22, 13, 20, 123).getTime()],
  ["Python's asctime: local time", '2023-11-14 22:13:20,123', new Date(2023, 10, 14, 22, 13, 20, 123).getTime()],
  ['a day', '2023-11-14', Date.UTC(2023, 10, 14)],
  ['as e-mail writes it', 'Tue, 14 Nov 2023 22:13:20 GMT', 1_700_000_000_000],
  ['the first ms of 1970', 0, 0],
  ['before 1970', -1, undefined],
  ['a date before 1970', '1969-12-31T23:59:59Z', undefined],
  ['beyond nanoseconds', 1e20, undefined],
  ['beyond nanoseconds in a text', '100000000000000000000', undefined],
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
