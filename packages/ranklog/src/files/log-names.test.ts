import fc from 'fast-check'
import t from 'tap'
import { compareLogNames, type LogName, rankInName, readLogName, readNameOf } from './log-names.ts'

/** File names, and what they are read as: log, date, number, and whether the file is compressed. Undefined: not a log. */
const names: Record<string, [log: string, date: string, number: string, isCompressed: boolean] | undefined> = {
  // not rotated
  'x.log': ['x.log', '', '', false],
  'x.ndjson': ['x.ndjson', '', '', false],
  'x.json.log': ['x.json.log', '', '', false],
  'x.jsonl.gz': ['x.jsonl', '', '', true],
  // ours
  'x.log.12': ['x.log', '', '12', false],
  'x.log.12.gz': ['x.log', '', '12', true],
  'x.log.20250130T120000Z': ['x.log', '20250130120000', '', false],
  'x.log.20250130T120000Z-2.gz': ['x.log', '20250130120000', '2', true],
  // logrotate: numbers, dateext, dateformat, nocompress, compressext, extension
  'x.log.0': ['x.log', '', '0', false],
  'x.log.gz.1': ['x.log', '', '1', true],
  'x.log-20250101': ['x.log', '20250101000000', '', false],
  'x.log-20250101.gz': ['x.log', '20250101000000', '', true],
  'x.log-20250101-12': ['x.log', '20250101000000', '12', false],
  'x.log-2025010112': ['x.log', '20250101120000', '', false],
  'x.log-20250101-1230': ['x.log', '20250101123000', '', false],
  'x.log-20250101T12': ['x.log', '20250101120000', '', false],
  'x.log-20250101-99': ['x.log', '20250101000000', '99', false],
  'x.log-2025-01-01-12:30:59': ['x.log', '20250101123059', '', false],
  'x.log-1735732800': ['x.log', '20250101120000', '', false],
  'x.log-1735732800000.zst': ['x.log', '20250101120000', '', true],
  'x.log-202501': ['x.log', '20250100000000', '', false],
  'train.rank-3.log-20250101.gz': ['train.rank-3.log', '20250101000000', '', true],
  'train.rank-3-20250101.log.gz': ['train.rank-3.log', '20250101000000', '', true],
  // Python, winston, log4js, pino-roll
  'x.log.2025-01-01': ['x.log', '20250101000000', '', false],
  'x.log.2025-01-01_12-30-59': ['x.log', '20250101123059', '', false],
  'x.log.2025-01-01.1.gz': ['x.log', '20250101000000', '1', true],
  'x-2025-01-01.log': ['x-2025-01-01.log', '', '', false],
  'x-2025-01-01.log.2': ['x-2025-01-01.log', '', '2', false],
  'x.2025-01-01.1.log': ['x.2025-01-01.1.log', '', '', false],
  'x.1.log': ['x.1.log', '', '', false],
  'train.rank-3.1.log': ['train.rank-3.log', '', '1', false],
  'train.rank-3.2025-01-01.10.log': ['train.rank-3.log', '20250101000000', '10', false],
  'train.rank-3.2025-01-01.log.2': ['train.rank-3.log', '20250101000000', '2', false],
  'train.rank-3.2025-01-01.1.log.2': ['train.rank-3.log', '20250101000000', '1.2', false],
  'train.rank-unknown-4245.log.1': ['train.rank-unknown-4245.log', '', '1', false],
  // huge and odd numbers
  'x.log.9999999999999': ['x.log', '', '9999999999999', false],
  'x.log.99999999999999999999': ['x.log', '', '99999999999999999999', false],
  'x.log.01': ['x.log', '', '1', false],
  'x.log.000': ['x.log', '', '0', false],
  'x.log.20250101': ['x.log', '', '20250101', false],
  // other files
  'x.log.-1': undefined,
  'x.log.1.2': undefined,
  'x.log-1': undefined,
  'x.log-20251301': undefined,
  'x.log.bak': undefined,
  'x.log~': undefined,
  'x.txt': undefined,
  'x.json': undefined,
  '.log': undefined,
  '.x.log.pack-x.log.1-4245-0badcafe': undefined,
  '.x.log.out-4245-0badcafe-0': undefined,
  '': undefined,
}

for (const [name, expected] of Object.entries(names)) {
  t.test(`the name ${JSON.stringify(name)} is ${expected ? `a file of the log ${expected[0]}` : 'not a log'}`, (t) => {
    const found = readLogName(name)
    t.strictSame(found && [found.log, found.date, found.number, found.isCompressed], expected)
    t.end()
  })
}

t.test(
  'a file belongs to a log if its name is that of the log with a suffix of a rotation, whatever the extension',
  (t) => {
    const cases: [log: string, name: string, isOwn: boolean][] = [
      ['out.txt', 'out.txt', true],
      ['out.txt', 'out.txt.1.gz', true],
      ['out.txt', 'out.txt-20250101', true],
      ['out.txt', 'out.txt2', false],
      ['out.txt', 'out.txt.old', false],
      ['x.log', 'xx.log.1', false],
      ['x.log', 'x.log.log', false],
    ]
    for (const [log, name, isOwn] of cases) t.equal(readNameOf(log, name)?.log === log, isOwn, `${name} of ${log}`)
    t.end()
  },
)

const sorted = (...names: string[]) =>
  names
    .map((name) => readLogName(name) as LogName)
    .sort(compareLogNames)
    .map(({ name }) => name)

t.test('files are ordered by their numbers and dates, and the log itself is last', (t) => {
  const orders = [
    ['x.log.1', 'x.log.2', 'x.log.10', 'x.log.99999999999999999999', 'x.log'],
    ['x.log-20241231', 'x.log-20250101', 'x.log-20250101-12', 'x.log-20250102', 'x.log'],
    ['x.log.2025-01-01', 'x.log.2025-01-01.1', 'x.log.2025-01-01.10', 'x.log'],
    ['x.log-1735732800', 'x.log-20250102', 'x.log'],
    ['a.rank-0.1.log', 'a.rank-0.2.log', 'a.rank-0.10.log', 'a.rank-0.2025-01-01.1.log', 'a.rank-0.log'],
    [9, 10, 24, 25, 100].map((number) => `a.rank-0.2025-01-01.${number}.log`),
    ['x.log.1', 'x.log.1.gz', 'x.log.20250130T120000Z', 'x.log.20250130T120000Z-2'],
  ]
  for (const order of orders) t.strictSame(sorted(...order.toReversed()), order)
  t.end()
})

t.test('numbers of any length are ordered by value', (t) => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: 0n, max: 10n ** 40n })), (numbers) => {
      const expected = numbers.toSorted((a, b) => Number(a > b) - Number(a < b)).map((number) => `x.log.${number}`)
      t.strictSame(sorted(...numbers.map((number) => `x.log.${number}`)), expected)
    }),
  )
  t.end()
})

t.test('any text can be read as a name, and the name of a file begins with that of its log', (t) => {
  const part = fc.constantFrom('.', '-', '_', 'x', '.log', '.gz', '1', '2025', '01', 'T12', '.rank-3', '\n', 'ü')
  fc.assert(
    fc.property(fc.array(part), (parts) => {
      const found = readLogName(parts.join(''))
      if (!found) return true
      return found.isInside ? rankInName(found.log) === 3 : found.name.startsWith(found.log)
    }),
  )
  t.end()
})

t.test('the rank is read from the name of a log', (t) => {
  const cases: [log: string, rank: number | 'unknown' | undefined][] = [
    ['train.rank-3.log', 3],
    ['train.rank-00012.ndjson', 12],
    ['train.rank-unknown-4245.log', 'unknown'],
    ['train.log', undefined],
    ['rank-3.log', undefined],
  ]
  for (const [log, rank] of cases) t.equal(rankInName(log), rank, log)
  t.end()
})
