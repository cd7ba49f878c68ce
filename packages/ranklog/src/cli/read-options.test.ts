import t from 'tap'
import { InputError } from './input-error.ts'
import { readCount, readLabel, readLevel, readRanks, readTime } from './read-options.ts'

t.test('a time is ISO 8601, a number since 1970, or a time before now', async (t) => {
  const now = 1_700_000_000_000
  const cases: [text: string, time: number][] = [
    ['10m', now - 600_000],
    ['2h', now - 7_200_000],
    ['1d', now - 86_400_000],
    ['30s', now - 30_000],
    ['250ms', now - 250],
    ['1.5h', now - 5_400_000],
    ['0s', now],
    ['2023-11-14T22:13:20.000Z', now],
    ['1700000000000', now],
    ['1700000000', now],
  ]
  for (const [text, time] of cases) t.equal(readTime('since', text, now), time, text)
  for (const text of ['', 'noon', '10', 'm', '-1m', '1w', '10 m x'].filter((text) => text !== '10'))
    t.throws(() => readTime('since', text, now), { name: 'InputError', message: `--since: invalid time "${text}"` })
})

t.test('a count is a whole number within its limits, or the default', async (t) => {
  const read = (given: string | undefined, max?: number) => readCount('lines', given, 10, 2, max)
  t.strictSame([read(undefined), read('2'), read('7', 7), read('1e3')], [10, 2, 7, 1000])
  for (const text of ['1', '', ' ', 'x', '2.5', '-3', '9007199254740993', 'Infinity'])
    t.throws(() => read(text), { message: `--lines: expected a whole number from 2, received "${text}"` })
  t.throws(() => read('8', 7), { message: '--lines: expected a whole number from 2 to 7, received "8"' })
})

t.test('a level is a label or a number', async (t) => {
  t.strictSame(['warn', 'WARN', '40', '35'].map(readLevel), [40, 40, 40, 35])
  t.throws(() => readLevel('loud'), { name: 'InputError', message: '--level: unknown level "loud"' })
})

t.test('a label may have the rank and the host, and no other placeholder', async (t) => {
  t.equal(readLabel('[{rank}@{host}] '), '[{rank}@{host}] ')
  t.equal(readLabel('plain'), 'plain')
  t.equal(readLabel(undefined), undefined)
  for (const other of ['{pid}', '{}', '{Rank}'])
    t.throws(() => readLabel(`{rank} ${other}`), { message: `--label: unknown placeholder ${other}` })
})

t.test('a rank set has the grammar of pino-rank', async (t) => {
  t.equal(readRanks(undefined), undefined)
  t.match(readRanks('local:0'), { local: true })
  t.match(readRanks('0-3,7'), { source: '0-3,7' })
  t.ok(
    await Promise.resolve()
      .then(() => readRanks('x'))
      .catch((error) => error instanceof InputError),
  )
})
