import t from 'tap'
import { shortAnswer } from './answer.ts'
import { type CellChanges, cellOf, givenDisk, idleCells, resultOf } from './result.test-kit.ts'
import type { Cell } from './result.ts'
import { slopeOf } from './slopes.ts'

const shared = 'pino/file to one file'

/** Returns cells of several numbers of ranks: no logging, and a mode with the given p99. */
function against(part: Cell['part'], mode: string, p99: (ranks: number) => number, changes: CellChanges = {}): Cell[] {
  return [1, 2, 4, 8].flatMap((ranks) => [
    cellOf('no logging', 6 + 0.1 * ranks, { ranks, part }),
    cellOf(mode, p99(ranks), { ranks, part, ...changes }),
  ])
}

/** Returns cells of several sizes, with the given time in log calls. */
function calls(size: 'linesPerStep' | 'lineBytes', sizes: number[], ms: (size: number) => number): Cell[] {
  const part = size === 'lineBytes' ? 'bytes' : 'lines'
  return sizes.map((at) => cellOf(shared, 9, { part, [size]: at, round: { stallRank0: 0, stallOthers: ms(at) } }))
}

const close = (a: number | undefined, b: number) => Math.abs((a ?? Number.NaN) - b) < 1e-9

t.test('the slope is the median of the rounds, and the growth of no logging is subtracted', async (t) => {
  const slope = slopeOf(
    against('ranks', shared, (ranks) => 7 + 0.9 * ranks, { spread: 0 }),
    shared,
    'ranks',
  )
  t.ok(close(slope?.perUnit.median, 0.8), `${slope?.perUnit.median}`)
  t.ok(close(slope?.perUnit.low, 0.8) && close(slope?.perUnit.high, 0.8))
  t.match(slope, { isShown: true, isEven: true })
})

t.test('growth that no straight line fits is uneven', async (t) => {
  const slope = slopeOf(
    against('ranks', shared, (ranks) => (ranks === 4 ? 40 : 7), { spread: 0 }),
    shared,
    'ranks',
  )
  t.match(slope, { isEven: false })
})

t.test('rounds that disagree show no slope', async (t) => {
  const slope = slopeOf(
    against('ranks', shared, () => 9, { spread: 0.5 }),
    shared,
    'ranks',
  )
  t.match(slope, { isShown: false })
})

t.test('without three sizes, enough rounds and a run of no logging, there is no slope', async (t) => {
  const cells = against('ranks', shared, (ranks) => ranks)
  t.equal(slopeOf(cells.slice(0, 4), shared, 'ranks'), undefined)
  t.equal(
    slopeOf(
      cells.map((cell) => ({ ...cell, rounds: cell.rounds.slice(0, 4) })),
      shared,
      'ranks',
    ),
    undefined,
  )
  t.equal(
    slopeOf(
      cells.filter(({ mode }) => mode === shared),
      shared,
      'ranks',
    ),
    undefined,
  )
})

t.test('with --scaling, the answer has the cost of each further rank, line and byte', async (t) => {
  const result = resultOf([
    ...idleCells(),
    cellOf(shared, 14),
    cellOf('gated', 6),
    ...against('ranks', shared, (ranks) => 7 + 0.9 * ranks, { spread: 0 }),
    ...against('ranks', 'gated', (ranks) => 6 + 0.1 * ranks, { spread: 0 }).filter(({ mode }) => mode === 'gated'),
    ...calls('linesPerStep', [1, 10, 100], (lines) => 0.012 * lines),
    ...calls('lineBytes', [100, 1000, 10_000], (bytes) => 0.5 + 2e-5 * bytes),
  ])
  t.strictSame(shortAnswer(result).slice(2, 5), [
    `With ${shared}, each further rank adds 0.8 ms (95 % interval 0.8 ms to 0.8 ms) to what logging costs a step (p99 minus that of no logging); with gated logging it adds nothing that this run can show.`,
    `With ${shared}, each further line of a step adds 12 µs (95 % interval 12 µs to 12 µs) to the time in the log calls of a step.`,
    `With ${shared}, every 100 bytes more in a line adds 2 µs (95 % interval 2 µs to 2 µs) to the time in the log calls of a step.`,
  ])
  const uneven = resultOf([...idleCells(), ...against('ranks', shared, (ranks) => 7 + ranks ** 4, { spread: 0 })])
  t.match(shortAnswer(uneven).join('\n'), /adds \d+ ms on average, though not evenly \(95 % interval /)
})

t.test('without --scaling, the answer has this cost only if a straight line fits', async (t) => {
  const even = resultOf([...against('modes', shared, (ranks) => 7 + 0.9 * ranks, { spread: 0 }), ...idleCells()])
  t.match(shortAnswer(even).join('\n'), /each further rank adds 0\.8 ms/)
  const uneven = resultOf([...against('modes', shared, (ranks) => (ranks === 4 ? 40 : 7), { spread: 0 })])
  t.notMatch(shortAnswer(uneven).join('\n'), /each further/)
})

t.test('the sentence names its disk if the rest of the answer is about another', async (t) => {
  const tmpfs = { disk: 'tmpfs' } as const
  const scaled = against('ranks', shared, (ranks) => 7 + 0.9 * ranks).map((cell) => ({ ...cell, ...tmpfs }))
  const disks = [givenDisk, { name: 'tmpfs', fileSystem: 'tmpfs' } as const]
  const answer = shortAnswer(resultOf([...idleCells(), cellOf(shared, 9), ...scaled], { disks }))
  t.match(
    answer.join('\n'),
    /\nOn tmpfs \(memory, rate not measured\), with pino\/file to one file, each further rank adds /,
  )
})
