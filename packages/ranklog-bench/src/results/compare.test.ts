import t from 'tap'
import { compare, isRegression } from './compare.ts'
import { compareText } from './compare-text.ts'
import { cellOf, givenDisk, idleCells, resultOf, throttledDisk } from './result.test-kit.ts'
import type { Cell, Disk, Result } from './result.ts'

const run = (p99: number, spread = 0.01): Result => resultOf([...idleCells(), cellOf('gated', p99, { spread })])
const withOptions = (options: Result['options']): Result => ({ ...run(8), options })
const onDisk = (disk: Disk): Result => ({ ...run(8), disks: [disk] })
const other = (p99: number): Cell => cellOf('winston to one file', p99)

const verdicts: [name: string, old: Result, now: Result, verdict: string][] = [
  ['the same run', run(8), run(8), 'same within the noise'],
  ['twice as long', run(8), run(16), 'slower'],
  ['half as long', run(8), run(4), 'faster'],
  [
    'longer by less than the spread between rounds',
    run(8),
    { ...run(9), noise: { spread: 0.2, otherCpu: null, warnings: [] } },
    'same within the noise',
  ],
  [
    'the same, with the noise in the old run',
    { ...run(8), noise: { spread: 0.2, otherCpu: null, warnings: [] } },
    run(9),
    'same within the noise',
  ],
  ['an interval that covers 1', run(8), run(12, 0.6), 'same within the noise'],
  [
    'longer by less than two equal cells differ',
    run(8),
    resultOf([cellOf('no logging', 6), cellOf('no logging', 7.5, { part: 'control' }), cellOf('gated', 9)]),
    'same within the noise',
  ],
  [
    'longer by less than no logging became longer',
    run(8),
    resultOf([cellOf('no logging', 9), cellOf('no logging', 9, { part: 'control' }), cellOf('gated', 11)]),
    'same within the noise',
  ],
  [
    'too few rounds',
    run(8),
    resultOf([...idleCells(), cellOf('gated', 16, { count: 4 })]),
    'not comparable: 4 of at least 5 rounds',
  ],
  ['a cell that is new', resultOf([...idleCells(), other(8)]), run(8), 'not comparable: not in the old run'],
  [
    'another machine',
    { ...run(8), machine: { ...run(8).machine, cores: 64 } },
    run(16),
    'not comparable: other machine: 64 and 2',
  ],
  [
    'other options',
    withOptions({ stepMs: 5, spin: true }),
    withOptions({ stepMs: 5, spin: false }),
    'not comparable: other options: spin true and false',
  ],
  [
    'more rounds are no other options',
    withOptions({ stepMs: 5, rounds: 5 }),
    withOptions({ stepMs: 5, rounds: 20 }),
    'same within the noise',
  ],
  [
    'another file system',
    onDisk({ ...givenDisk, fileSystem: 'xfs' }),
    run(16),
    'not comparable: other disk: xfs and ext4',
  ],
  [
    'a disk of another rate',
    onDisk({ ...givenDisk, bytesPerSecond: 1e7 }),
    run(16),
    'not comparable: other disk: 10 MB/s and 210 MB/s',
  ],
  ['a disk whose rate varies', onDisk({ ...givenDisk, bytesPerSecond: 1.6e8 }), run(16), 'slower'],
  ['no such disk', onDisk(throttledDisk), run(16), 'not comparable: no disk given in the old run'],
]

for (const [name, old, now, verdict] of verdicts) {
  t.test(name, async (t) => {
    t.equal(compare(old, now).find(({ mode }) => mode === 'gated')?.verdict, verdict)
  })
}

t.test('the more cells are compared, the wider their intervals: one of many differs by chance', async (t) => {
  const spread = 0.1
  const others = Array.from({ length: 20 }, (_, at) => cellOf('split', 8, { lineBytes: 1000 + at, spread }))
  const verdictOf = (...rest: Cell[]) => {
    const [before, after] = [8, 9.2].map((p99) => resultOf([cellOf('gated', p99, { spread }), ...rest]))
    return compare(before as Result, after as Result)[0]?.verdict
  }
  t.equal(verdictOf(), 'slower')
  t.equal(verdictOf(...others), 'same within the noise')
})

t.test('longer by less than the control became longer', async (t) => {
  const now = resultOf([cellOf('no logging', 6), cellOf('no logging', 9, { part: 'control' }), cellOf('gated', 11)])
  const before = resultOf([cellOf('no logging', 6), cellOf('no logging', 6, { part: 'control' }), cellOf('gated', 8)])
  t.equal(compare(before, now).find(({ mode }) => mode === 'gated')?.verdict, 'same within the noise')
})

t.test('ratios are new ÷ old, with an interval around them', async (t) => {
  const found = compare(run(8), run(16)).find(({ mode }) => mode === 'gated')
  for (const figure of ['p50', 'p99'] as const) {
    const { low, median, high } = found?.[figure] ?? { low: 0, median: 0, high: 0 }
    t.ok(Math.abs(median - 2) < 1e-9, `${figure} ${median}`)
    t.ok(1.95 < low && low < 2 && 2 < high && high < 2.05, `${low} to ${high}`)
  }
})

t.test('cells that are gone are named; no logging is no regression', async (t) => {
  const slowMachine = resultOf([cellOf('no logging', 12), cellOf('gated', 8)])
  const found = compare(resultOf([cellOf('no logging', 6), other(8), cellOf('gated', 8)]), slowMachine)
  t.strictSame(
    found.map((cell) => [cell.mode, cell.verdict, isRegression(cell)]),
    [
      ['no logging', 'slower', false],
      ['gated', 'same within the noise', false],
      ['winston to one file', 'not comparable: not in this run', false],
    ],
  )
})

t.test('the text names what became slower, and counts the rest', async (t) => {
  const { markdown, slower } = compareText(run(8), run(16))
  t.match(slower, [/^slower than before: gated, 8 ranks, 100 × 300 B, disk given: p50 2 ×, p99 2 ×, noise 1 %$/])
  t.match(markdown, /^Of 1 cell with a log call: 1 slower\.\n\n### Compared/)
  t.match(markdown, /\| slower +\|/)
  const machine = compareText(resultOf([cellOf('no logging', 6)]), resultOf([cellOf('no logging', 12)]))
  t.strictSame(machine.slower, [])
  t.match(machine.markdown, /No logging itself became slower \(.*\): the machine changed\./)
})
