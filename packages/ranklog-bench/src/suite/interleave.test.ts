import t from 'tap'
import { inOrder, interleave } from './interleave.ts'

t.test('every round has every cell once', async (t) => {
  for (let n = 1; n <= 6; n++) {
    const cells = Array.from({ length: n }, (_, i) => i)
    for (let round = 0; round < 2 * n; round++) t.same(inOrder(cells, round).sort(), cells)
  }
})

t.test('in any even number of rounds each of two cells comes first as often as the other', async (t) => {
  const cells = ['a', 'b', 'c', 'd', 'e']
  for (let rounds = 2; rounds <= 12; rounds += 2) {
    for (const [one, other] of cells.flatMap((a) => cells.filter((b) => b !== a).map((b) => [a, b] as const))) {
      const orders = Array.from({ length: rounds }, (_, round) => inOrder(cells, round))
      t.equal(orders.filter((order) => order.indexOf(one) < order.indexOf(other)).length, rounds / 2)
    }
  }
})

t.test('over 2n rounds each cell stands twice at each place', async (t) => {
  const cells = ['a', 'b', 'c', 'd']
  const places = cells.map((cell) =>
    Array.from({ length: 8 }, (_, round) => inOrder(cells, round).indexOf(cell)).sort(),
  )
  for (const place of places) t.same(place, [0, 0, 1, 1, 2, 2, 3, 3])
})

t.test('samples of one round have one index', async (t) => {
  let measured = 0
  const rounds: number[] = []
  const samples = await interleave(
    ['a', 'b', 'c'],
    4,
    async () => Math.floor(measured++ / 3),
    (round) => rounds.push(round),
  )
  t.same(
    [...samples],
    [
      ['a', [0, 1, 2, 3]],
      ['b', [0, 1, 2, 3]],
      ['c', [0, 1, 2, 3]],
    ],
  )
  t.same(rounds, [1, 2, 3, 4])
})
