import t from 'tap'
import { readCount, readDuration, readLines, readList, readNames, readRate, readSize } from './units.ts'

type Read = (text: string) => number | undefined

const tables: [name: string, read: Read, valid: [string, number][], invalid: string[]][] = [
  [
    'a count',
    readCount,
    [
      ['1', 1],
      ['064', 64],
    ],
    ['', '0', '-1', '1.5', '1e3', '0x10', ' 1', '8 ranks', '99999999999999999'],
  ],
  [
    'a time',
    readDuration,
    [
      ['500ms', 500],
      ['20s', 20_000],
      ['1.5m', 90_000],
      ['1h', 3_600_000],
      ['0.5ms', 0.5],
    ],
    ['', '20', 's', '0s', '0ms', '-1s', '1 s', '1s2', '1d', '.5s', '20S', 'Infinitys'],
  ],
  [
    'a size',
    readSize,
    [
      ['300', 300],
      ['300B', 300],
      ['1k', 1000],
      ['1K', 1000],
      ['1.5k', 1500],
      ['10kB', 10_000],
      ['2M', 2e6],
      ['1G', 1e9],
    ],
    ['', '0', 'k', '0.5', '1.0005k', '1m', '1KiB', '-1k', '1e3', '10MB/s'],
  ],
  [
    'a rate',
    readRate,
    [
      ['10M', 10e6],
      ['10MB/s', 10e6],
      ['500k/s', 500e3],
      ['100', 100],
    ],
    ['', '0', '10Mbit', '10M/m', '/s', 'fast', '-10M'],
  ],
  [
    'lines',
    readLines,
    [
      ['100/step', 100],
      ['1', 1],
    ],
    ['', '0/step', '100/s', '/step', '100/step/step', '1.5/step'],
  ],
]

for (const [name, read, valid, invalid] of tables) {
  t.test(`${name} is read; every other text gives undefined`, async (t) => {
    for (const [text, value] of valid) t.equal(read(text), value, text)
    for (const text of invalid) t.equal(read(text), undefined, JSON.stringify(text))
  })
}

t.test('a list with an invalid or a repeated value gives undefined', async (t) => {
  t.strictSame(readList('1,2, 8', readCount), [1, 2, 8])
  t.strictSame(readList('500ms', readDuration), [500])
  for (const text of ['', '1,', ',1', '1,,2', '1;2', '1,x', '2,1,2'])
    t.equal(readList(text, readCount), undefined, JSON.stringify(text))
})

t.test('a count above its maximum gives undefined', async (t) => {
  t.strictSame([readCount('8', 8), readCount('9', 8), readLines('9/step', 8)], [8, undefined, undefined])
})

t.test('a short name is read as all names that have it', async (t) => {
  const known = ['no logging', 'a to one file', 'a to N files', 'b to N files', 'A + b']
  const shortNames = (name: string) => (name === 'no logging' ? ['none'] : name.split(' to ').slice(0, 1))
  for (const [text, names] of [
    ['no logging', ['no logging']],
    ['none, NO LOGGING', undefined],
    ['None,a + B', ['no logging', 'A + b']],
    ['a to N files', ['a to N files']],
    ['A TO n FILES,none', ['a to N files', 'no logging']],
    ['none, a', ['no logging', 'a to one file', 'a to N files']],
    ['b,a to one file', ['b to N files', 'a to one file']],
    ['c', undefined],
    ['', undefined],
    ['none,', undefined],
    ['N files', undefined],
    ['none,none', undefined],
    ['a,a to one file', undefined],
  ] as const)
    t.strictSame(readNames(text, known, shortNames), names, text)
  t.equal(readNames('a', known), undefined, 'without short names')
})
