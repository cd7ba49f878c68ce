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
  ['the same run is the same', run(8), run(8), 'same within the noise'],
  ['a step that takes twice as long is slower', run(8), run(16), 'slower'],
  ['a step that takes half as long is faster', run(8), run(4), 'faster'],
  [
    'a difference smaller than the spread between rounds is noise',
    run(8),
    { ...run(9), noise: { spread: 0.2, otherCpu: null, warnings: [] } },
    'same within the noise',
  ],
  [
    'a difference smaller than the spread between rounds of the old run is noise',
    { ...run(8), noise: { spread: 0.2, otherCpu: null, warnings: [] } },
    run(9),
    'same within the noise',
  ],
  ['a ratio whose interval covers 1 is noise', run(8), run(12, 0.6), 'same within the noise'],
  [
    'a difference smaller than that between two equal cells is noise',
    run(8),
    resultOf([cellOf('no logging', 6), cellOf('no logging', 7.5, { part: 'control' }), cellOf('gated', 9)]),
    'same within the noise',
  ],
  [
    'a difference smaller than the change of no logging is noise',
    run(8),
    resultOf([cellOf('no logging', 9), cellOf('no logging', 9, { part: 'control' }), cellOf('gated', 11)]),
    'same within the noise',
  ],
  [
    'cells with too few rounds are not comparable',
    run(8),
    resultOf([...idleCells(), cellOf('gated', 16, { count: 4 })]),
    'not comparable: 4 of at least 5 rounds',
  ],
  [
    'a cell that the old run does not have is not comparable',
    resultOf([...idleCells(), other(8)]),
    run(8),
    'not comparable: not in the old run',
  ],
  [
    'runs of different machines are not comparable',
    { ...run(8), machine: { ...run(8).machine, cores: 64 } },
    run(16),
    'not comparable: other machine: 64 and 2',
  ],
  [
    'runs on another CPU are not comparable',
    { ...run(8), machine: { ...run(8).machine, cpu: 'Another' } },
    run(16),
    'not comparable: other machine: Another and A CPU',
  ],
  [
    'runs of different suites are not comparable',
    { ...run(8), suite: 'disk' as never },
    run(16),
    'not comparable: suite disk and contention',
  ],
  [
    'runs with different step times are not comparable',
    withOptions({ stepMs: 5, spin: true }),
    withOptions({ stepMs: 6, spin: true }),
    'not comparable: other options: stepMs 5 and 6',
  ],
  [
    'runs with different options are not comparable',
    withOptions({ stepMs: 5, spin: true }),
    withOptions({ stepMs: 5, spin: false }),
    'not comparable: other options: spin true and false',
  ],
  [
    'runs with different numbers of rounds are comparable',
    withOptions({ stepMs: 5, rounds: 5 }),
    withOptions({ stepMs: 5, rounds: 20 }),
    'same within the noise',
  ],
  [
    'disks with different file systems are not comparable',
    onDisk({ ...givenDisk, fileSystem: 'xfs' }),
    run(16),
    'not comparable: other disk: xfs and ext4',
  ],
  [
    'disks with very different rates are not comparable',
    onDisk({ ...givenDisk, bytesPerSecond: 1e7 }),
    run(16),
    'not comparable: other disk: 10 MB/s and 210 MB/s',
  ],
  ['disks with similar rates are comparable', onDisk({ ...givenDisk, bytesPerSecond: 1.6e8 }), run(16), 'slower'],
  [
    'a disk that is three times as fast is comparable',
    onDisk({ ...givenDisk, bytesPerSecond: 7e7 }),
    run(16),
    'slower',
  ],
  [
    'a disk that is more than three times as fast is not comparable',
    onDisk({ ...givenDisk, bytesPerSecond: 6.9e7 }),
    run(16),
    'not comparable: other disk: 69 MB/s and 210 MB/s',
  ],
  [
    'disks with different throttles are comparable if another disk is compared',
    withOptions({ stepMs: 5, throttleBytesPerSecond: 1 }),
    withOptions({ stepMs: 5, throttleBytesPerSecond: 2 }),
    'same within the noise',
  ],
  [
    'a disk that the new run does not have is not comparable',
    run(8),
    onDisk(throttledDisk),
    'not comparable: no disk given in the new run',
  ],
  [
    'a disk that the old run does not have is not comparable',
    onDisk(throttledDisk),
    run(16),
    'not comparable: no disk given in the old run',
  ],
]

for (const [name, old, now, verdict] of verdicts) {
  t.test(name, async (t) => {
    t.equal(compare(old, now).find(({ mode }) => mode === 'gated')?.verdict, verdict)
  })
}

t.test('a memory disk is comparable whatever its rate, and a throttled one only with the same throttle', async (t) => {
  const verdictOn = (name: Disk['name'], rates: number[], throttles: number[]) => {
    const [old, now] = [0, 1].map((at) =>
      resultOf([cellOf('gated', 8, { disk: name })], {
        disks: [{ name, fileSystem: 'a', bytesPerSecond: rates[at] as number, fsyncMs: 1 }],
        options: { throttleBytesPerSecond: throttles[at] },
      }),
    )
    return compare(old as Result, now as Result)[0]?.verdict
  }
  t.equal(verdictOn('tmpfs', [1e9, 9e9], [1, 2]), 'same within the noise')
  t.equal(verdictOn('throttled', [1e7, 1e7], [3, 3]), 'same within the noise')
  t.equal(verdictOn('throttled', [1e7, 1e7], [3, 4]), 'not comparable: other options: throttle 3 and 4 bytes a second')
})

t.test('the more cells are compared, the wider their intervals are', async (t) => {
  const spread = 0.1
  const others = Array.from({ length: 20 }, (_, at) => cellOf('split', 8, { lineBytes: 1000 + at, spread }))
  const verdictOf = (...rest: Cell[]) => {
    const [before, after] = [8, 9.2].map((p99) => resultOf([cellOf('gated', p99, { spread }), ...rest]))
    return compare(before as Result, after as Result)[0]?.verdict
  }
  t.equal(verdictOf(), 'slower')
  t.equal(verdictOf(...others), 'same within the noise')
})

t.test('a difference smaller than the change of the control is noise', async (t) => {
  const now = resultOf([cellOf('no logging', 6), cellOf('no logging', 9, { part: 'control' }), cellOf('gated', 11)])
  const before = resultOf([cellOf('no logging', 6), cellOf('no logging', 6, { part: 'control' }), cellOf('gated', 8)])
  t.equal(compare(before, now).find(({ mode }) => mode === 'gated')?.verdict, 'same within the noise')
})

t.test('a ratio is new ÷ old, with an interval', async (t) => {
  const found = compare(run(8), run(16)).find(({ mode }) => mode === 'gated')
  for (const figure of ['p50', 'p99'] as const) {
    const { low, median, high } = found?.[figure] ?? { low: 0, median: 0, high: 0 }
    t.ok(Math.abs(median - 2) < 1e-9, `${figure} ${median}`)
    t.ok(1.95 < low && low < 2 && 2 < high && high < 2.05, `${low} to ${high}`)
  }
})

t.test('cells that only the old run has are listed, and a slower no logging is not a regression', async (t) => {
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

t.test('the text names the cells that became slower and counts the verdicts', async (t) => {
  const { markdown, slower } = compareText(run(8), run(16))
  t.match(slower, [/^slower than before: gated, 8 ranks, 100 × 300 B, disk given: p50 2 ×, p99 2 ×, noise 1 %$/])
  t.match(markdown, /^Of 1 cell with a log call: 1 slower\.\n\n### Compared/)
  t.match(markdown, /\| slower +\|/)
  const machine = compareText(resultOf([cellOf('no logging', 6)]), resultOf([cellOf('no logging', 12)]))
  t.strictSame(machine.slower, [])
  t.match(machine.markdown, /No logging itself became slower \(.*\): the machine changed\./)
})
