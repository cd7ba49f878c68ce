import t from 'tap'
import { barrierRounds, peerOf } from './barrier.ts'

/** The ranks of which each rank knows after a barrier, if each passes on what it knows. */
function reached(ranks: number): Set<number>[] {
  let known = Array.from({ length: ranks }, (_, rank) => new Set([rank]))
  for (let round = 0; round < barrierRounds(ranks); round++) {
    const next = known.map((own) => new Set(own))
    for (const [rank, own] of known.entries()) for (const other of own) next[peerOf(rank, round, ranks)]?.add(other)
    known = next
  }
  return known
}

t.test('after its rounds every rank knows of every rank', async (t) => {
  for (let ranks = 1; ranks <= 70; ranks++)
    t.ok(
      reached(ranks).every(({ size }) => size === ranks),
      `${ranks} ranks`,
    )
})

t.test('a barrier has log2(N) rounds', async (t) => {
  t.same([1, 2, 3, 4, 5, 8, 9, 64].map(barrierRounds), [0, 1, 2, 2, 3, 3, 4, 6])
})
