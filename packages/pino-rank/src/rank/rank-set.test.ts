import fc from 'fast-check'
import t from 'tap'
import { RankError } from '../errors/rank-error.ts'
import type { RankInfo } from './rank-info.ts'
import { soleRank } from './rank-info.ts'
import { isInRankSet, parseRankSet, type RankSetInput } from './rank-set.ts'

const info = (rank: number, worldSize: number): RankInfo => ({ rank, launcher: 'env', worldSize })
const range = (size: number) => Array.from({ length: size }, (_, rank) => rank)
const selected = (input: RankSetInput, worldSize: number) => {
  const set = parseRankSet(input)
  return range(worldSize).filter((rank) => isInRankSet(set, info(rank, worldSize)))
}

const sets: [input: RankSetInput, worldSize: number, ranks: number[]][] = [
  ['0', 4, [0]],
  [3, 4, [3]],
  [[0, 2], 4, [0, 2]],
  ['0,4-7', 16, [0, 4, 5, 6, 7]],
  [' 0 ,\t4-5 ', 16, [0, 4, 5]],
  ['1-', 4, [1, 2, 3]],
  ['*', 3, [0, 1, 2]],
  ['0-63/8', 64, [0, 8, 16, 24, 32, 40, 48, 56]],
  ['1-/3', 10, [1, 4, 7]],
  ['*/4', 10, [0, 4, 8]],
  ['3-3', 4, [3]],
  ['2-9', 4, [2, 3]],
  ['0,99', 4, [0]],
  ['007', 8, [7]],
]

t.test('a rank set selects its ranks of a world', async (t) => {
  for (const [input, worldSize, ranks] of sets) t.same(selected(input, worldSize), ranks, JSON.stringify(input))
})

const mistakes: [input: RankSetInput, at: number][] = [
  ['', 0],
  ['  ', 2],
  ['x', 0],
  ['0,', 2],
  ['0,,1', 2],
  ['0;1', 1],
  ['0 1', 2],
  ['4-2', 2],
  ['1 - 3', 2],
  ['5/2', 1],
  ['0-8/', 4],
  ['0-8/0', 4],
  ['**', 1],
  ['local:', 6],
  ['0,local:1', 2],
  ['local:local:0', 6],
  ['9007199254740992', 0],
  [-1, 0],
  [1.5, 1],
  [Number.NaN, 0],
  [[], 0],
  [[3, -1], 2],
]

t.test('a syntax error points at the character', async (t) => {
  for (const [input, at] of mistakes) {
    const error = failure(() => parseRankSet(input))
    const [, shown = '', pointer] = error.message.split('\n')
    t.equal(error.code, 'RANK_SET_SYNTAX', JSON.stringify(input))
    t.equal(shown.slice(2), String(input))
    t.equal(pointer, `  ${' '.repeat(at)}^`, error.message)
  }
})

t.test('a value that is not a rank set is refused', async (t) => {
  for (const input of [null, undefined, {}, true, ['0']] as unknown as RankSetInput[]) {
    t.throws(() => parseRankSet(input), { code: 'OPTION_INVALID' })
  }
})

t.test('local: selects by local rank', async (t) => {
  const set = parseRankSet('local:0,2')
  const local = (localRank: number) => isInRankSet(set, { ...info(9, 16), localRank, localWorldSize: 4 })
  t.same(range(4).filter(local), [0, 2])
  t.equal(isInRankSet(set, soleRank), true, 'an unlaunched program is local rank 0')

  const error = failure(() => isInRankSet(set, info(0, 4)))
  t.equal(error.code, 'RANK_FIELD_MISSING')
  t.match(error.message, /local:0,2.*set LOCAL_RANK/)
  t.match(failure(() => isInRankSet(set, { rank: 0, launcher: 'pm2' })).message, /RANKLOG_RANK and RANKLOG_LOCAL_RANK/)
})

t.test('an unknown rank is in no set', async (t) => {
  for (const input of ['*', '0', 'local:0']) {
    t.equal(isInRankSet(parseRankSet(input), { rank: 'unknown', launcher: 'env' }), false, input)
  }
})

t.test('a set without a rank of the world selects rank 0, and warns once, on rank 0', async (t) => {
  const warnings: Error[] = []
  const note = (warning: Error) => warnings.push(warning)
  process.on('warning', note)
  t.teardown(() => process.off('warning', note))

  t.same(
    [3, 2, 1].map((rank) => isInRankSet(parseRankSet('4-7'), info(rank, 4))),
    [false, false, false],
  )
  await nextTick()
  t.same(warnings, [], 'the others are silent')

  t.same(selected('4-7', 4), [0])
  t.same(selected('8', 4), [0])
  t.same(
    range(2).filter((localRank) => isInRankSet(parseRankSet('local:5'), { ...soleRank, localRank, localWorldSize: 2 })),
    [0],
  )
  await nextTick()
  t.equal(warnings.length, 1)
  t.match(warnings, [
    {
      name: 'RankWarning',
      code: 'RANK_SET_EMPTY',
      message: /"4-7" selects none of the 4 ranks of this job; rank 0 is used instead/,
    },
  ])

  t.equal(isInRankSet(parseRankSet('7'), { rank: 0, launcher: 'pm2' }), false, 'a world of unknown size has a rank 7')
})

t.test('any set selects the same ranks as a naive model of the grammar', async () => {
  const bound = fc.integer({ min: 0, max: 30 })
  const span = fc.oneof(
    bound.map((rank) => ({ text: `${rank}`, has: (other: number) => other === rank })),
    bound.map((from) => ({ text: `${from}-`, has: (other: number) => other >= from })),
    fc.tuple(bound, bound, fc.integer({ min: 1, max: 9 })).map(([from, length, step]) => {
      const ranks = range(from + length + 1).filter((rank) => rank >= from && (rank - from) % step === 0)
      return { text: `${from}-${from + length}/${step}`, has: (other: number) => ranks.includes(other) }
    }),
    fc.constant({ text: '*', has: () => true }),
  )
  const comma = fc.constantFrom(',', ', ', ' ,')
  fc.assert(
    fc.property(
      fc.array(span, { minLength: 1, maxLength: 5 }),
      comma,
      fc.integer({ min: 1, max: 40 }),
      (spans, by, size) => {
        const expected = range(size).filter((rank) => spans.some(({ has }) => has(rank)))
        const found = selected(spans.map(({ text }) => text).join(by), size)
        return JSON.stringify(found) === JSON.stringify(expected.length > 0 ? expected : [0])
      },
    ),
  )
})

function failure(act: () => unknown): RankError {
  try {
    act()
  } catch (error) {
    if (error instanceof RankError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Warnings are emitted on the next tick. */
function nextTick(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
